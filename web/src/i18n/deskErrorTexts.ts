import type { ErrorTexts } from './errorTexts'

/** Errors that only those meet who run the place: versions, reviews, policies, the knowledge base. */
export const deskErrorTexts: ErrorTexts = {
  wrong_move: {
    'zh-CN': { say: ['现在不能这样操作。'], hint: '看看“版本”页里正在试用的版本。' },
    en: { say: ['That is not possible now.'], hint: 'See under Versions what is being tried.' },
  },
  no_room_for_two: {
    'zh-CN': { say: ['内存放不下两个版本。'], hint: '可以用录下的问题离线对比，或直接切换。' },
    en: { say: ['Two versions do not fit into memory.'], hint: 'Compare them offline, or switch directly.' },
  },
  version_in_use: {
    'zh-CN': { say: ['这个版本正在使用，不能删除。'], hint: '正式、试用和上一个版本都会保留。' },
    en: { say: ['This version is in use.'], hint: 'The stable, candidate and previous versions are kept.' },
  },
  version_tampered: {
    'zh-CN': {
      say: ['版本“{version}”的文件 {file} 被改动过，没有加载。', '版本文件被改动过，没有加载。'],
      hint: '请管理员退回上一个版本，再重新获取文件。',
    },
    en: {
      say: ['{file} of version {version} was changed; it is not loaded.', 'A version’s files were changed.'],
      hint: 'An administrator can roll back, then bring the file again.',
    },
  },
  unknown_review: {
    'zh-CN': { say: ['没有这个待审条目。'], hint: '它可能已经到期删除，刷新页面再看。' },
    en: { say: ['There is no such case.'], hint: 'It may have expired; reload the page.' },
  },
  already_decided: {
    'zh-CN': { say: ['已有人处理了这个条目。'], hint: '刷新后可以看到处理结果。' },
    en: { say: ['Somebody has decided this case already.'], hint: 'Reload to see the decision.' },
  },
  bad_policy: {
    'zh-CN': { say: ['策略有误：{field}。', '策略有误。'], hint: '改正这一处，再试一次。' },
    en: { say: ['The policy is wrong at {field}.', 'The policy is wrong.'], hint: 'Correct that place and try again.' },
  },
  unknown_knowledge: {
    'zh-CN': { say: ['知识库里没有这一项。'], hint: '刷新页面再试。' },
    en: { say: ['The knowledge base has no such thing.'], hint: 'Reload the page and try again.' },
  },
  unknown_case: {
    'zh-CN': { say: ['没有这个客服会话。'], hint: '刷新页面再试。' },
    en: { say: ['There is no such case.'], hint: 'Reload the page and try again.' },
  },
  knowledge_missing: {
    'zh-CN': { say: ['知识库还是空的。'], hint: '先导入商品目录或常见问题。' },
    en: { say: ['The knowledge base is empty.'], hint: 'Import a catalogue or questions and answers first.' },
  },
  bad_knowledge: {
    'zh-CN': {
      say: ['文件 {name} 读不了。', '这个文件读不了。'],
      hint: '商品用 CSV、XLSX 或 JSON，问答用 Markdown、TXT、DOCX 或 PDF。',
    },
    en: {
      say: ['The file {name} can’t be read.', 'The file can’t be read.'],
      hint: 'Use CSV, XLSX or JSON for products, and Markdown, TXT, DOCX or PDF for questions and answers.',
    },
  },
}
