export const ROLES = ['owner', 'member', 'viewer'] as const
export type Role = (typeof ROLES)[number]

/** Everything a role can be asked for. */
export const RIGHTS = ['read', 'upload', 'process', 'administer'] as const
export type Right = (typeof RIGHTS)[number]

export const ROLE_RIGHTS: Readonly<Record<Role, readonly Right[]>> = {
  owner: ['read', 'upload', 'process', 'administer'],
  member: ['read', 'upload', 'process'],
  viewer: ['read'],
}

export function roleMay(role: Role, right: Right): boolean {
  return ROLE_RIGHTS[role].includes(right)
}
