/** The Indonesian texts that an installation begins with. An admin must read them and make them true for the site. */
import type { LegalPageName } from '../../shared/contracts/legal.ts'

const terms = `# Tentang layanan ini
{site} menayangkan siaran langsung dan, bila dinyalakan, meneruskan donasi penonton kepada penyiar. Dengan mendaftar atau berdonasi Anda menyetujui ketentuan ini.

# Akun
- Satu orang memakai akunnya sendiri dan menjaga kata sandinya.
- Hak siaran dan hak menerima donasi diberikan oleh admin, dan dapat dicabut bila disalahgunakan.
- Anda yang berumur di bawah 18 tahun memakai layanan ini dengan izin orang tua atau wali.

# Yang tidak boleh
- Perjudian dan promosinya, penipuan, pencucian uang, dan pelanggaran hukum lain.
- Kekerasan, ujaran kebencian, eksploitasi anak, dan pornografi.
- Menyiarkan karya orang lain tanpa izin.
- Memakai donasi untuk memindahkan uang yang asalnya tidak sah.

# Donasi
- Donasi adalah pemberian sukarela kepada penyiar, bukan pembayaran atas barang atau jasa.
- Uang di dompet hanya dapat didonasikan atau ditarik ke rekening Anda sendiri; tidak dapat dikirim kepada anggota lain dengan cara lain.
- Saldo tidak berbunga dan dapat dibatasi jumlahnya.
- Biaya, bila ada, ditampilkan sebelum Anda menyetujui.

# Penyiar
- Penyiar bertanggung jawab atas isi siarannya dan atas pajak penghasilannya. Laporan bulanan tersedia di dompet.
- Penarikan pertama diperiksa admin: nama rekening harus sama dengan nama Anda.

# Pembekuan
Admin dapat membekukan akun dan uangnya selama memeriksa dugaan pelanggaran, dan melaporkannya bila hukum mewajibkan.

# Perubahan
Bila ketentuan ini berubah, versi dan tanggalnya tertulis di bawah. Pertanyaan dan keluhan: lewat "Laporkan masalah" pada transaksinya, atau hubungi pengelola situs.`

const privacy = `# Data yang kami simpan
- Akun: nama pengguna, alamat e-mail, dan kata sandi dalam bentuk yang tidak dapat dibaca kembali.
- Transaksi: jumlah, waktu, pesan, dan catatan keputusan admin.
- Rekening untuk penarikan: nama bank, nama pemilik, dan nomor yang dienkripsi.
- Perangkat yang sedang masuk, dan alamat jaringan untuk membatasi penyalahgunaan.

# Untuk apa
Untuk menjalankan layanan: memasukkan Anda, meneruskan donasi, membayar penarikan, mencegah penipuan, dan memenuhi kewajiban hukum. Kami tidak menjual data dan tidak memasang pelacak iklan.

# Siapa yang melihat
- Penonton dan penyiar melihat nama dan pesan yang Anda tulis pada donasi. Donasi anonim menyembunyikan nama Anda dari penyiar, tidak dari admin.
- Admin melihat data yang diperlukan untuk memutuskan permohonan dan laporan.
- Bank dan gerbang pembayaran menerima data yang diperlukan untuk memindahkan uang.

# Cookie
Kami memakai cookie hanya agar Anda tetap masuk.

# Berapa lama
Catatan keuangan disimpan selama hukum mewajibkan dan tidak dihapus bersama akun; nama dan alamat Anda dilepaskan darinya bila boleh.

# Hak Anda (UU 27/2022)
Anda dapat meminta salinan, perbaikan, dan penghapusan data Anda, serta menarik persetujuan. Bila terjadi kebocoran data, Anda diberi tahu secara tertulis paling lambat 3 x 24 jam. Hubungi pengelola situs untuk memakainya.`

const refunds = `# Isi saldo
- Transfer persis jumlah yang diminta. Kode di belakangnya menjadi saldo Anda.
- Transfer tanpa kode, terlambat, atau dua kali dicari oleh admin, lalu dimasukkan ke saldo Anda atau dikembalikan ke rekening pengirim.
- Saldo yang tidak dipakai dapat ditarik ke rekening Anda sendiri.

# Donasi
- Donasi yang terkirim pada dasarnya tidak dapat ditarik kembali.
- Penyiar dapat mengembalikannya seluruhnya, termasuk biayanya, selama waktu yang ditetapkan situs.
- Donasi yang tidak dapat diteruskan kembali ke saldo Anda.

# Tamu yang membayar dengan QRIS
- Simpan alamat halaman pembayaran Anda: dari sana uang yang tidak dapat diteruskan dikembalikan ke pembayar atau disimpan ke dompet.
- Pembayaran yang terlambat tetap dihitung.
- Munculnya uang yang dikembalikan di rekening Anda bergantung pada bank dan dapat memakan beberapa hari.

# Penarikan
Uang ditahan sejak diminta. Bila ditolak atau gagal di bank, seluruhnya kembali ke saldo Anda.

# Ada yang tidak beres?
Setiap transaksi mempunyai nomor dan tombol "Laporkan masalah". Admin menjawab di sana.`

export const DEFAULT_TEXTS_ID: Readonly<Record<LegalPageName, string>> = { terms, privacy, refunds }
