/**
 * Whether a key press means "send": Enter without modifiers, and not the Enter that picks a candidate of an input
 * method. Safari ends the composition before that Enter arrives and marks it only by the key code 229.
 */
export function isPlainEnter(event: KeyboardEvent): boolean {
  const composing = event.isComposing || event.keyCode === 229
  return event.key === 'Enter' && !composing && !event.shiftKey && !event.ctrlKey && !event.altKey && !event.metaKey
}
