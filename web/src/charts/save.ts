/** How much finer than the screen a PNG is: enough for a printed page. */
const SHARPNESS = 2

/** Offers a file to be kept under this name. */
export function save(blob: Blob, name: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(blob)
  link.download = name
  link.click()
  URL.revokeObjectURL(link.href)
}

export const asSvg = (svg: string): Blob => new Blob([svg], { type: 'image/svg+xml' })

/** The same drawing as a PNG. Rejects where the browser can't draw it. */
export async function asPng(svg: string, width: number, height: number): Promise<Blob> {
  const image = new Image()
  const url = URL.createObjectURL(asSvg(svg))
  try {
    image.src = url
    await image.decode()
    const canvas = document.createElement('canvas')
    canvas.width = width * SHARPNESS
    canvas.height = height * SHARPNESS
    canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height)
    return await new Promise((resolve, reject) =>
      canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('The chart could not be drawn.'))), 'image/png'),
    )
  } finally {
    URL.revokeObjectURL(url)
  }
}
