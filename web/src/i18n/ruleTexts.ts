import type { ErrorTexts } from './errorTexts'

/** Where a code covers several rules of intake (`params.rule`), what the rule itself says. */
export const ruleTexts: ErrorTexts = {
  empty: {
    'zh-CN': { say: ['文件是空的。'], hint: '重新选择文件：没有收到任何内容。' },
    en: { say: ['The file is empty.'], hint: 'Choose it again: nothing arrived.' },
  },
  format: {
    'zh-CN': { say: ['不支持 {kind} 文件。'], hint: '请用 JPEG、PNG、WEBP、GIF、BMP、TIFF、HEIC、PDF 或 OFD。' },
    en: { say: ['{kind} files are not supported.'], hint: 'Use JPEG, PNG, WEBP, GIF, BMP, TIFF, HEIC, PDF or OFD.' },
  },
  heif_missing: {
    'zh-CN': { say: ['这台服务器读不了 HEIC 照片。'], hint: '请换成 JPEG，或请管理员安装 wentu[heic]。' },
    en: { say: ['This server cannot read HEIC.'], hint: 'Use JPEG, or ask the administrator to install wentu[heic].' },
  },
  tiff_compression: {
    'zh-CN': { say: ['这个 TIFF 的压缩方式不受支持。'], hint: '另存为 PNG 再放入。' },
    en: { say: ['The compression of this TIFF is not supported.'], hint: 'Save it as PNG.' },
  },
  pixel_type: {
    'zh-CN': { say: ['这张图的像素类型（{mode}）不受支持。'], hint: '另存为普通的 RGB 图片再放入。' },
    en: { say: ['Pixels of this kind ({mode}) are not supported.'], hint: 'Save the picture as plain RGB.' },
  },
  max_pixels: {
    'zh-CN': { say: ['图片有 {width}×{height} 像素，超过了 {max_pixels} 像素的上限。'], hint: '缩小后再放入。' },
    en: { say: ['{width}×{height} pixels are over the limit of {max_pixels}.'], hint: 'Make the picture smaller.' },
  },
  max_side: {
    'zh-CN': { say: ['图片有 {width}×{height} 像素，边长超过了 {max_side_px} 像素。'], hint: '缩小后再放入。' },
    en: { say: ['{width}×{height} pixels: a side is over {max_side_px}.'], hint: 'Make the picture smaller.' },
  },
  memory: {
    'zh-CN': { say: ['打开这张图要用太多内存。'], hint: '缩小后再放入。' },
    en: { say: ['Opening this picture takes too much memory.'], hint: 'Make the picture smaller.' },
  },
  max_aspect: {
    'zh-CN': { say: ['图片有 {width}×{height} 像素，太细长了。'], hint: '裁成几段再放入。' },
    en: { say: ['{width}×{height} pixels: too long and thin.'], hint: 'Cut it into parts and add those.' },
  },
  unreadable: {
    'zh-CN': { say: ['图片已损坏，或者没有传完整。'], hint: '另存为 JPEG 或 PNG 再试。' },
    en: { say: ['The picture is damaged or cut off.'], hint: 'Save it again as JPEG or PNG.' },
  },
  timeout: {
    'zh-CN': { say: ['打开这张图花了太久。'], hint: '另存为小一些的 JPEG 或 PNG 再试。' },
    en: { say: ['Opening this picture took too long.'], hint: 'Save it smaller, as JPEG or PNG.' },
  },
  pdf_encrypted: {
    'zh-CN': { say: ['这个 PDF 有密码保护。'], hint: '另存一份没有密码的再放入。' },
    en: { say: ['The PDF is protected by a password.'], hint: 'Save a copy without one.' },
  },
  ofd_fonts: {
    'zh-CN': { say: ['这台服务器没有中文字体，画不出 OFD 页面。'], hint: '请改用 PDF，或请管理员安装中文字体。' },
    en: {
      say: ['This server has no Chinese font to draw OFD pages with.'],
      hint: 'Send a PDF, or ask the administrator to install one.',
    },
  },
  pdf_page: {
    'zh-CN': { say: ['没有第 {page} 页：这个文件一共 {pages} 页。'], hint: '换一个页码。' },
    en: { say: ['There is no page {page}: the file has {pages}.'], hint: 'Choose another page.' },
  },
  pdf_page_limit: {
    'zh-CN': { say: ['只能用前 {max_pdf_pages} 页，第 {page} 页在后面。'], hint: '把 PDF 拆开再放入。' },
    en: { say: ['Only the first {max_pdf_pages} pages can be used.'], hint: 'Split the PDF.' },
  },
}
