import { onMounted, onUnmounted, ref } from 'vue'

import type { Uploads } from './useUploads'

function folderNames(items: DataTransferItemList): string[] {
  return [...items].flatMap((item) => {
    const entry = item.kind === 'file' ? item.webkitGetAsEntry() : null
    return entry?.isDirectory ? [entry.name] : []
  })
}

/** Files dropped anywhere on the page or pasted into it. `over` is true while files hover. */
export function useFileDrop(uploads: Pick<Uploads, 'add' | 'refuse'>, pastedName: () => string) {
  const over = ref(false)
  let depth = 0

  const carriesFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false

  function onEnter(event: DragEvent): void {
    if (!carriesFiles(event)) return
    depth++
    over.value = true
  }

  function onLeave(event: DragEvent): void {
    if (!carriesFiles(event)) return
    depth = Math.max(0, depth - 1)
    over.value = depth > 0
  }

  function onOver(event: DragEvent): void {
    if (carriesFiles(event)) event.preventDefault()
  }

  function onDrop(event: DragEvent): void {
    depth = 0
    over.value = false
    if (!event.dataTransfer || !carriesFiles(event)) return
    event.preventDefault()
    const folders = folderNames(event.dataTransfer.items)
    for (const name of folders) uploads.refuse(name, 'not_a_file')
    uploads.add([...event.dataTransfer.files].filter(({ name }) => !folders.includes(name)))
  }

  function onPaste(event: ClipboardEvent): void {
    const files = [...(event.clipboardData?.files ?? [])]
    if (!files.length) return
    event.preventDefault()
    // Browsers call every pasted picture image.png; that says nothing.
    uploads.add(
      files.map((file) => (file.name === 'image.png' ? new File([file], pastedName(), { type: file.type }) : file)),
    )
  }

  const listeners: [string, (event: never) => void][] = [
    ['dragenter', onEnter],
    ['dragleave', onLeave],
    ['dragover', onOver],
    ['drop', onDrop],
    ['paste', onPaste],
  ]
  onMounted(() => listeners.forEach(([type, listener]) => addEventListener(type, listener as EventListener)))
  onUnmounted(() => listeners.forEach(([type, listener]) => removeEventListener(type, listener as EventListener)))

  return { over }
}
