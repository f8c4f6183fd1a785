import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'

export type Loaded<T> =
  | { readonly state: 'loading' }
  | { readonly state: 'failed'; readonly problem: unknown }
  | { readonly state: 'ready'; readonly value: T }

export type Loading<T> = Loaded<T> & {
  /** Keeps what is shown until the new value is there. */
  readonly reload: () => Promise<void>
  readonly setValue: (value: T) => void
}

/** Loads when the page draws and when `inputs` change; an older answer never replaces a newer one. */
export function useLoad<T>(
  load: (signal: AbortSignal) => Promise<T>,
  inputs: readonly unknown[] = [],
): Loading<T> {
  const [loaded, setLoaded] = useState<Loaded<T>>({ state: 'loading' })
  const running = useRef<AbortController>(undefined)

  const reload = useCallback(async (): Promise<void> => {
    running.current?.abort()
    const controller = new AbortController()
    running.current = controller
    try {
      const value = await load(controller.signal)
      if (!controller.signal.aborted) setLoaded({ state: 'ready', value })
    } catch (problem) {
      if (!controller.signal.aborted) setLoaded({ state: 'failed', problem })
    }
  }, inputs)

  useEffect(() => {
    setLoaded({ state: 'loading' })
    void reload()
    return () => running.current?.abort()
  }, [reload])

  const setValue = useCallback((value: T) => setLoaded({ state: 'ready', value }), [])
  return { ...loaded, reload, setValue }
}

type RunEvent = Pick<Event, 'preventDefault' | 'currentTarget'>

export interface Action {
  /** For `onClick`, or `onSubmit` of a form (prevents the browser's own). Ignored while busy. */
  readonly run: (event?: RunEvent) => void
  readonly isBusy: boolean
  /** Of the last run; `undefined` when it succeeded. */
  readonly problem: unknown
  readonly reset: () => void
}

/**
 * One request at a time: a second click or Enter while it runs does nothing. When a form that sent it is answered
 * with wrong fields, the first of them gets the focus.
 */
export function useAction(action: () => Promise<void>): Action {
  const [isBusy, setBusy] = useState(false)
  const [problem, setProblem] = useState<unknown>()
  // State is set too late to stop the second click of a double click.
  const isRunning = useRef(false)
  const form = useRef<HTMLFormElement>(undefined)
  // Once the fields are drawn with what is wrong with them.
  useLayoutEffect(() => {
    if (problem !== undefined) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
  }, [problem])

  const start = async (): Promise<void> => {
    isRunning.current = true
    setBusy(true)
    setProblem(undefined)
    try {
      await action()
    } catch (error) {
      setProblem(error)
    } finally {
      isRunning.current = false
      setBusy(false)
    }
  }
  return {
    run: (event) => {
      event?.preventDefault()
      if (isRunning.current) return
      const sender = event?.currentTarget
      form.current = sender instanceof HTMLFormElement ? sender : undefined
      void start()
    },
    isBusy,
    problem,
    reset: () => setProblem(undefined),
  }
}
