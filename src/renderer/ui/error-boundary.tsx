import { Component, type ReactNode } from 'react'

interface ErrorBoundaryProps {
  /** Shown instead when something below throws; `retry` draws it anew. */
  readonly fallback: (retry: () => void) => ReactNode
  readonly children: ReactNode
}

/** Keeps what throws while it is drawn from taking the whole page with it (React has this for classes only). */
export class ErrorBoundary extends Component<ErrorBoundaryProps, { isBroken: boolean }> {
  override state = { isBroken: false }

  static getDerivedStateFromError(): { isBroken: boolean } {
    return { isBroken: true }
  }

  readonly #retry = (): void => this.setState({ isBroken: false })

  override render(): ReactNode {
    return this.state.isBroken ? this.props.fallback(this.#retry) : this.props.children
  }
}
