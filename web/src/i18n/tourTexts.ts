/** The words of the tour. */
export const tourZh = {
  label: '导览',
  open: '看导览',
  place: '{n} / {all}',
  next: '下一步',
  back: '上一步',
  finish: '完成',
  close: '结束导览',
  ask: {
    title: '问图：看图作答，句句有据',
    text: '放入图片，提一个问题。点答案里标出的字，就看到它在图中的哪一处。',
    try: '问示例发票的价税合计',
  },
  documents: {
    title: '单据：从扫描件到表格',
    text: '发票、证件、合同、小票读成字段，每个值都带出处和校验；改正后导出 Excel。',
    try: '读示例发票',
  },
  charts: {
    title: '图表：读回数据，讲清走势',
    text: '从图里取回每个数值和误差，算出统计、走势和预测，一步步讲给学生听。',
    try: '读示例图表',
  },
  support: {
    title: '客服：只按您的商品资料回答',
    text: '顾客发截图来问，先读出图里写的。在“客服”里导入商品目录后，只按目录作答；不知道的转给人。',
    try: '问示例商品的价格和库存',
  },
}

export const tourEn: typeof tourZh = {
  label: 'Tour',
  open: 'Take the tour',
  place: '{n} of {all}',
  next: 'Next',
  back: 'Back',
  finish: 'Done',
  close: 'End the tour',
  ask: {
    title: 'Ask: answers that show their evidence',
    text: 'Add a picture and ask. Click a marked word of the answer to see where in the picture it stands.',
    try: 'Ask for an invoice’s total',
  },
  documents: {
    title: 'Documents: from scans to a table',
    text: 'Invoices, IDs, contracts and receipts become fields, each with its place and its checks; correct them and export Excel.',
    try: 'Read an invoice',
  },
  charts: {
    title: 'Charts: data read back and explained',
    text: 'Every value with its error, then statistics, trend and forecast, told step by step as to a student.',
    try: 'Read a chart',
  },
  support: {
    title: 'Customer service: from your catalogue alone',
    text: 'A customer sends a screenshot; its text is read first. Once your catalogue is imported under “Customer service”, answers come from it alone, and what it does not know goes to a person.',
    try: 'Ask about a product',
  },
}
