import type { Language } from '@/api/types'

import { deskErrorTexts } from './deskErrorTexts'

/** What an error says: the first of `say` whose {values} the server sent, and what to do next. */
export interface ErrorText {
  say: string[]
  hint: string
}

export type ErrorTexts = Record<string, Record<Language, ErrorText>>

/** By the stable `code` of the server's errors, and of the page's own: unreachable, connection_lost, page_error, not_a_file. */
export const errorTexts: ErrorTexts = {
  ...deskErrorTexts,
  unreachable: {
    'zh-CN': { say: ['连不上问图服务器。'], hint: '看看它是否还在运行、网络是否正常，然后重试。' },
    en: {
      say: ['The wentu server does not answer.'],
      hint: 'Check that it runs and that the network works, then try again.',
    },
  },
  connection_lost: {
    'zh-CN': { say: ['和服务器的连接在中途断开了。'], hint: '上面是断开前收到的内容。可以重新回答。' },
    en: {
      say: ['The connection broke before the answer was complete.'],
      hint: 'Above is what had arrived. Ask for the answer again.',
    },
  },
  page_error: {
    'zh-CN': { say: ['页面出了错。'], hint: '刷新页面再试。' },
    en: { say: ['The page ran into an error.'], hint: 'Reload the page and try again.' },
  },
  not_a_file: {
    'zh-CN': { say: ['“{name}”是文件夹，不能直接放入。'], hint: '打开文件夹，选中里面的图片。' },
    en: { say: ['“{name}” is a folder.'], hint: 'Open it and pick the pictures inside.' },
  },
  empty_file: {
    'zh-CN': { say: ['文件是空的。'], hint: '换一个文件。' },
    en: { say: ['The file is empty.'], hint: 'Choose another file.' },
  },
  unreadable_image: {
    'zh-CN': { say: ['图片打不开，文件可能已损坏，或者不是图片。'], hint: '另存为 JPEG 或 PNG 再试。' },
    en: { say: ['The file is damaged or not a picture.'], hint: 'Save it again as JPEG or PNG.' },
  },
  unsupported_format: {
    'zh-CN': {
      say: ['不支持这种文件（{format}）。', '不支持这种文件。'],
      hint: '请用 JPEG、PNG、WEBP、GIF、BMP、TIFF、HEIC、PDF 或 OFD。',
    },
    en: {
      say: ['This kind of file is not supported ({format}).', 'This kind of file is not supported.'],
      hint: 'Use JPEG, PNG, WEBP, GIF, BMP, TIFF, HEIC, PDF or OFD.',
    },
  },
  image_too_large: {
    'zh-CN': {
      say: [
        '文件超过了 {max_size} 的上限。',
        '图片有 {width}×{height} 像素，超过了上限 {max_pixels} 像素。',
        '图片有 {width}×{height} 像素，边长超过了上限 {max_side_px} 像素。',
        '文件超过了 {max_bytes} 字节的上限。',
        '图片太大了。',
      ],
      hint: '缩小或压缩后再放入。',
    },
    en: {
      say: [
        'The file is over the limit of {max_size}.',
        'The picture has {width}×{height} pixels; the limit is {max_pixels}.',
        'The picture has {width}×{height} pixels; a side may have {max_side_px}.',
        'The file is over the limit of {max_bytes} bytes.',
        'The picture is too large.',
      ],
      hint: 'Make it smaller and add it again.',
    },
  },
  image_too_small: {
    'zh-CN': { say: ['图片只有 {width}×{height} 像素，太小了。', '图片太小了。'], hint: '请用原始大小的图片。' },
    en: {
      say: ['The picture has only {width}×{height} pixels.', 'The picture is too small.'],
      hint: 'Use it at its full size.',
    },
  },
  request_too_large: {
    'zh-CN': { say: ['一次送出的内容太多，服务器没有收下。'], hint: '少放几张图，或把图缩小后再试。' },
    en: { say: ['The request is too large for the server.'], hint: 'Send fewer or smaller pictures.' },
  },
  disk_full: {
    'zh-CN': { say: ['服务器的磁盘满了。'], hint: '请管理员清理磁盘后再试。' },
    en: { say: ["The server's disk is full."], hint: 'An administrator has to free some space.' },
  },
  queue_disk_full: {
    'zh-CN': { say: ['服务器的磁盘满了，暂时不能接收问题。'], hint: '请管理员清理磁盘；有空间后马上恢复。' },
    en: {
      say: ["The server's disk is full, so it takes no questions now."],
      hint: 'An administrator has to free some space; then it goes on at once.',
    },
  },
  storage_unreachable: {
    'zh-CN': { say: ['存放对话或图片的地方暂时连不上。'], hint: '过一会儿再试；一直这样请找管理员。' },
    en: {
      say: ['The place where chats or pictures are kept does not answer.'],
      hint: 'Try again in a moment; if it stays, ask the administrator.',
    },
  },
  bad_aspect: {
    'zh-CN': { say: ['图片太细长了。'], hint: '裁成几段再放入。' },
    en: { say: ['The picture is too long and thin.'], hint: 'Cut it into parts and add those.' },
  },
  too_many_pictures: {
    'zh-CN': {
      say: ['一个对话最多 {max_pictures} 张图，这张没有放入。', '图片太多了。'],
      hint: '移除几张，或者开始新对话。',
    },
    en: {
      say: ['A chat takes up to {max_pictures} pictures; this one was not added.', 'Too many pictures.'],
      hint: 'Remove some, or start a new chat.',
    },
  },
  bad_data_url: {
    'zh-CN': { say: ['图片数据不完整。'], hint: '重新放入这张图。' },
    en: { say: ['The picture data are incomplete.'], hint: 'Add the picture again.' },
  },
  blocked_link: {
    'zh-CN': { say: ['不允许从这个链接取图。'], hint: '把图片本身放进来。' },
    en: { say: ['Pictures may not be fetched from this link.'], hint: 'Add the picture itself.' },
  },
  link_failed: {
    'zh-CN': { say: ['没能从这个链接取到图片。'], hint: '把图片本身放进来。' },
    en: { say: ['The picture could not be fetched from this link.'], hint: 'Add the picture itself.' },
  },
  bad_request: {
    'zh-CN': { say: ['服务器看不懂这个请求。'], hint: '刷新页面再试。' },
    en: { say: ['The server did not understand the request.'], hint: 'Reload the page and try again.' },
  },
  refused: {
    'zh-CN': {
      say: ['这个问题或图片不符合安全规则“{rule}”，没有作答。', '这个问题或图片不符合安全规则，没有作答。'],
      hint: '换一种问法，或者换一张图。',
    },
    en: {
      say: [
        'The question or the picture breaks the safety rule “{rule}”.',
        'The question or the picture breaks a safety rule.',
      ],
      hint: 'Ask in another way or with another picture.',
    },
  },
  unauthorized: {
    'zh-CN': { say: ['需要有效的 API 密钥。'], hint: '在设置里填写密钥；管理员可用 wentu keys add 生成。' },
    en: {
      say: ['A valid API key is needed.'],
      hint: 'Enter it in the settings; an administrator makes one with “wentu keys add”.',
    },
  },
  forbidden: {
    'zh-CN': { say: ['没有权限这样做。'], hint: '换一个有权限的密钥。' },
    en: { say: ['This is not allowed.'], hint: 'Use a key whose role allows it.' },
  },
  not_found: {
    'zh-CN': { say: ['找不到要的内容。'], hint: '它可能已删除或过期。' },
    en: { say: ['It is not there.'], hint: 'It may have been deleted or have expired.' },
  },
  unknown_picture: {
    'zh-CN': { say: ['图片已过期，服务器上没有了。'], hint: '重新放入这张图再问。' },
    en: { say: ['The picture is no longer on the server.'], hint: 'Add it again and ask once more.' },
  },
  unknown_session: {
    'zh-CN': { say: ['这个对话不存在，或已被删除。'], hint: '从历史里选一个，或者开始新对话。' },
    en: { say: ['This chat does not exist or was deleted.'], hint: 'Pick one from the history or start a new chat.' },
  },
  unknown_message: {
    'zh-CN': { say: ['这条消息已经不在了。'], hint: '刷新页面再试。' },
    en: { say: ['This message is gone.'], hint: 'Reload the page and try again.' },
  },
  unknown_version: {
    'zh-CN': { say: ['没有这个模型版本。'], hint: '刷新页面再试。' },
    en: { say: ['There is no such model version.'], hint: 'Reload the page and try again.' },
  },
  busy: {
    'zh-CN': { say: ['提问的人太多，队列满了。'], hint: '稍等片刻再试。' },
    en: { say: ['Too many questions at once: the queue is full.'], hint: 'Wait a moment and try again.' },
  },
  rate_limited: {
    'zh-CN': { say: ['提问太频繁了。'], hint: '稍等片刻再试。' },
    en: { say: ['Too many requests in a short time.'], hint: 'Wait a moment and try again.' },
  },
  cancelled: {
    'zh-CN': { say: ['已停止。'], hint: '随时可以再问。' },
    en: { say: ['Stopped.'], hint: 'Ask again whenever you like.' },
  },
  engine_error: {
    'zh-CN': { say: ['引擎出错，没有答完。'], hint: '再试一次；若总这样，请管理员运行 wentu doctor。' },
    en: { say: ['The engine failed.'], hint: 'Try again; if it stays, an administrator runs “wentu doctor”.' },
  },
  engine_missing: {
    'zh-CN': { say: ['这台机器没有装所需的引擎。'], hint: '请管理员运行 wentu doctor。' },
    en: { say: ['The engine is not installed.'], hint: 'An administrator runs “wentu doctor”.' },
  },
  weights_missing: {
    'zh-CN': { say: ['模型文件还没有下载。'], hint: '请管理员运行 wentu models pull。' },
    en: { say: ["The model's files are not here."], hint: 'An administrator runs “wentu models pull”.' },
  },
  context_overflow: {
    'zh-CN': { say: ['对话太长，模型读不下了。'], hint: '开始新对话，或者少放几张图。' },
    en: { say: ['The chat is too long for the model.'], hint: 'Start a new chat, or use fewer pictures.' },
  },
  out_of_memory: {
    'zh-CN': { say: ['服务器内存不够。'], hint: '用小一些的图再试。' },
    en: { say: ['The server ran out of memory.'], hint: 'Try again with smaller pictures.' },
  },
  engine_crashed: {
    'zh-CN': { say: ['引擎意外退出，正在重新启动。'], hint: '过几秒再问一次。' },
    en: { say: ['The engine stopped and is being started again.'], hint: 'Ask once more in a few seconds.' },
  },
  engine_timeout: {
    'zh-CN': { say: ['作答超时了。'], hint: '请它答短一些，或用小一些的图。' },
    en: { say: ['The answer took too long.'], hint: 'Ask for a shorter answer, or use smaller pictures.' },
  },
  unknown_job: {
    'zh-CN': { say: ['这个回答的过程已不再保留。'], hint: '请再问一次。' },
    en: { say: ['This answer is no longer kept.'], hint: 'Ask once more.' },
  },
  unknown_batch: {
    'zh-CN': { say: ['这批任务已不再保留。'], hint: '请重新提交这批图片。' },
    en: { say: ['This batch is no longer kept.'], hint: 'Send the pictures again.' },
  },
  engine_busy: {
    'zh-CN': { say: ['远程模型服务正忙。'], hint: '过一会儿再问一次。' },
    en: { say: ['The remote model server is busy.'], hint: 'Ask again in a moment.' },
  },
  engine_unreachable: {
    'zh-CN': { say: ['连不上远程模型服务。'], hint: '请管理员检查 WENTU_REMOTE__URL 和那台服务器。' },
    en: { say: ['The remote model server can’t be reached.'], hint: 'An administrator checks WENTU_REMOTE__URL.' },
  },
  internal_error: {
    'zh-CN': {
      say: ['服务器出错了（编号 {reference}）。', '服务器出错了。'],
      hint: '再试一次；若总这样，请把编号告诉管理员。',
    },
    en: {
      say: ['The server ran into an error (reference {reference}).', 'The server ran into an error.'],
      hint: 'Try again; if it stays, tell an administrator the reference.',
    },
  },
}
