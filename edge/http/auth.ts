/** Who is asking. Implemented by `accounts`; every slice takes it as a dependency. */
import type { Context } from 'hono'
import type { Statement } from '../ports.ts'

export interface MemberIdentity {
  readonly memberId: string
  readonly username: string
}

export interface AdminIdentity {
  readonly adminId: string
  readonly username: string
}

export interface Auth {
  /** `undefined`: nobody is signed in. */
  visitor(c: Context): Promise<MemberIdentity | undefined>
  /** @throws AppError `sign_in_required` */
  member(c: Context): Promise<MemberIdentity>
  /**
   * For a question that has to be asked of the database anyway: `member_id` and `username` of whoever is signed in, or
   * no row, as a part of that question.
   */
  memberQuery(c: Context): Promise<Statement>
  /** @throws AppError `admin_required` */
  admin(c: Context): Promise<AdminIdentity>
}

export type Audience = 'member' | 'admin'

/** An account whose password was right. */
export interface Credentials {
  readonly id: string
  readonly username: string
  readonly passwordHash: string
  /** A name for this browser, when it has signed in to this account before. */
  readonly device: string | undefined
}

/**
 * For what a session alone must not do. Counts as a sign-in does.
 * @throws AppError `current_password_wrong`, `rate_limited`
 */
export type ConfirmPassword = (
  c: Context,
  audience: Audience,
  credentials: { readonly login: string; readonly password: string },
) => Promise<Credentials>

/** A session that exists once its statement is written, together with what it depends on. */
export interface NewSession {
  readonly statement: Statement
  /** Hands the token to the browser. After the write only: a refused write leaves no cookie. */
  setCookie(): void
}

export interface Sessions {
  open(c: Context, subject: { readonly audience: Audience; readonly id: string }): Promise<NewSession>
  /** Ends the caller's session of this audience; fine without one. */
  close(c: Context, audience: Audience): Promise<void>
  /** Of the caller's token, as it is stored. */
  hashOf(c: Context, audience: Audience): Promise<string | undefined>
}
