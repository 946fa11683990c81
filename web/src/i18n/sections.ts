/** Names of the page's parts. */
export const sectionsZh = {
  label: '功能',
  chat: '问图',
  documents: '单据',
  charts: '图表',
  review: '审核',
  support: '客服',
  rollout: '版本',
  overview: '总览',
  reports: '实测',
}

export const sectionsEn: typeof sectionsZh = {
  label: 'Sections',
  chat: 'Ask',
  documents: 'Documents',
  charts: 'Charts',
  review: 'Review',
  support: 'Customer service',
  rollout: 'Versions',
  overview: 'Overview',
  reports: 'Measured',
}
