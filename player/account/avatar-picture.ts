/** What was chosen, as the small square that the server takes. Drawn anew: places and times in a photo's EXIF stay here. */
import { AVATAR } from '../../shared/contracts/own-account.ts'
import { smallJpeg } from '../lib/small-jpeg.ts'

const { sizePx, maxBytes } = AVATAR

/** Of the middle of the picture. Throws when this browser cannot read it. */
export async function avatarPicture(file: Blob): Promise<Blob> {
  const picture = await createImageBitmap(file)
  try {
    const canvas = document.createElement('canvas')
    canvas.width = sizePx
    canvas.height = sizePx
    const context = canvas.getContext('2d')
    if (!context) throw new Error('There is no canvas')
    // What is transparent in the picture.
    context.fillStyle = '#fff'
    context.fillRect(0, 0, sizePx, sizePx)
    context.imageSmoothingQuality = 'high'
    const side = Math.min(picture.width, picture.height)
    const [left, top] = [(picture.width - side) / 2, (picture.height - side) / 2]
    context.drawImage(picture, left, top, side, side, 0, 0, sizePx, sizePx)
    return await smallJpeg(canvas, maxBytes)
  } finally {
    picture.close()
  }
}
