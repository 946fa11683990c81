/** Whether this person lets questions be kept, masked, to compare versions with: asked for once, for this browser. */

const NAME = 'wentu.record'

function read(): boolean {
  try {
    return localStorage.getItem(NAME) === 'yes'
  } catch {
    return false
  }
}

let given = read()

export const consentGiven = (): boolean => given

export function keepConsent(value: boolean): void {
  given = value
  try {
    if (value) localStorage.setItem(NAME, 'yes')
    else localStorage.removeItem(NAME)
  } catch {
    // Without storage the consent lives as long as the page.
  }
}
