/** The browser's storage where it may be read: some private modes and views inside apps refuse even to name it. */
export type Store = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>

/** @returns the real one, or one that lasts as long as the page */
export function storeOf(read: () => Storage): Store {
  try {
    const storage = read()
    // Refused at the latest here.
    storage.getItem('')
    return storage
  } catch {
    const kept = new Map<string, string>()
    return {
      getItem: (key) => kept.get(key) ?? null,
      setItem: (key, value) => void kept.set(key, value),
      removeItem: (key) => void kept.delete(key),
    }
  }
}
