/** Files in an R2 bucket that is bound to the Worker. */
import type { AssetStore } from '../../ports.ts'

const FOLDER = 'files'

export function openR2Assets(bucket: R2Bucket): AssetStore {
  return {
    place: 'r2',
    async put(id, type, body) {
      await bucket.put(`${FOLDER}/${id}`, body, { httpMetadata: { contentType: type } })
    },
    async get(id) {
      const object = await bucket.get(`${FOLDER}/${id}`)
      return object ? new Uint8Array(await object.arrayBuffer()) : undefined
    },
    async delete(id) {
      await bucket.delete(`${FOLDER}/${id}`)
    },
  }
}
