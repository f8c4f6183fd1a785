/** Who is asking. Implemented by `accounts`; every slice takes it as a dependency. */
import type { Context } from 'hono'

export interface MemberIdentity {
  readonly memberId: string
  readonly username: string
}

export interface AdminIdentity {
  readonly adminId: string
  readonly username: string
}

export interface Auth {
  /** @throws AppError `sign_in_required` */
  member(c: Context): Promise<MemberIdentity>
  /** @throws AppError `admin_required` */
  admin(c: Context): Promise<AdminIdentity>
}
