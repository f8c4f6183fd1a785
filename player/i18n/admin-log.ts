import { dictionary } from './dictionary.ts'

/** The log, as admins read it. */
export const t = dictionary({
  id: {
    logAction: 'Yang terjadi',
    logAll: 'Semua',
    logMember: 'Nama pengguna',
    logExport: 'Unduh CSV',
    system: 'Sistem',
    admin: 'admin {name}',
    logEmptyTitle: 'Log masih kosong',
    logEmptyText: 'Semua yang penting tercatat di sini.',
  },
  en: {
    logAction: 'What happened',
    logAll: 'All',
    logMember: 'Username',
    logExport: 'Download CSV',
    system: 'System',
    admin: 'admin {name}',
    logEmptyTitle: 'The log is empty',
    logEmptyText: 'Everything of importance is kept here.',
  },
})
