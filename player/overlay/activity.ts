/** Whether anybody can see this page: OBS says so by events of its own, a browser by visibility. */

declare global {
  interface WindowEventMap {
    obsSourceActiveChanged: CustomEvent<{ active?: boolean }>
    obsSourceVisibleChanged: CustomEvent<{ visible?: boolean }>
  }
}

export function watchActivity(onChange: (isActive: boolean) => void): () => boolean {
  // OBS tells only changes, and a source that was just opened is shown.
  let isOnProgram = true
  let isVisible = true
  let last = isActive()

  function isActive(): boolean {
    return isOnProgram && isVisible && document.visibilityState === 'visible'
  }
  const update = (): void => {
    if (isActive() === last) return
    last = isActive()
    onChange(last)
  }
  addEventListener('obsSourceActiveChanged', ({ detail }) => {
    isOnProgram = detail.active ?? true
    update()
  })
  addEventListener('obsSourceVisibleChanged', ({ detail }) => {
    isVisible = detail.visible ?? true
    update()
  })
  document.addEventListener('visibilitychange', update)
  return isActive
}
