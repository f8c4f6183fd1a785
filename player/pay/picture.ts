/** The code as a picture with what a person needs to know beside it: a phone cannot scan its own screen. */
import { encode } from 'uqr'

const WIDTH = 720
const TEXT_HEIGHT = 200
const QUIET_ZONE = 4

interface PictureText {
  readonly amount: string
  readonly title: string
  readonly until: string
}

/** @param source what the code says, or the address of a picture of it */
export async function drawPicture(
  source: { readonly text: string } | { readonly url: string },
  { amount, title, until }: PictureText,
): Promise<Blob> {
  const canvas = document.createElement('canvas')
  canvas.width = WIDTH
  canvas.height = WIDTH + TEXT_HEIGHT
  const paint = canvas.getContext('2d')
  if (!paint) throw new TypeError('This browser cannot draw')
  paint.fillStyle = '#fff'
  paint.fillRect(0, 0, canvas.width, canvas.height)
  if ('text' in source) drawModules(paint, source.text)
  else paint.drawImage(await loadImage(source.url), 0, 0, WIDTH, WIDTH)
  paint.fillStyle = '#000'
  paint.textAlign = 'center'
  for (const [text, font, y] of [
    [amount, 'bold 56px sans-serif', 50],
    [title, '32px sans-serif', 110],
    [until, '28px sans-serif', 160],
  ] as const) {
    paint.font = font
    paint.fillText(text, WIDTH / 2, WIDTH + y, WIDTH - 40)
  }
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) =>
      blob ? resolve(blob) : reject(new TypeError('This browser cannot save pictures')),
    )
  })
}

function drawModules(paint: CanvasRenderingContext2D, text: string): void {
  const { data, size } = encode(text, { ecc: 'M', border: QUIET_ZONE })
  const module = Math.floor(WIDTH / size)
  const margin = Math.floor((WIDTH - module * size) / 2)
  paint.fillStyle = '#000'
  for (const [y, row] of data.entries())
    for (const [x, isDark] of row.entries())
      if (isDark) paint.fillRect(margin + x * module, margin + y * module, module, module)
}

async function loadImage(url: string): Promise<HTMLImageElement> {
  const image = new Image()
  image.src = url
  await image.decode()
  return image
}

export function saveAs(blob: Blob, name: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(blob)
  link.download = name
  link.click()
  // The browser has taken hold of it by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}
