// <script src="https://your-wentu/widget.js" data-lang="zh" data-key="wentu_..." async></script>
(() => {
  const tag = document.currentScript
  const home = new URL(tag.src).origin
  const chinese = (tag.dataset.lang || navigator.language).toLowerCase().startsWith('zh')
  const name = chinese ? '在线客服' : 'Customer service'
  const frame = document.createElement('iframe')
  const button = document.createElement('button')
  const base = 'position:fixed;right:20px;z-index:2147483000;border:0;'
  frame.title = name
  frame.style.cssText =
    base + 'bottom:88px;width:min(380px,calc(100vw - 40px));height:min(600px,calc(100vh - 120px));border-radius:16px;box-shadow:0 12px 40px rgba(0,0,0,.25);display:none;background:#fff'
  button.type = 'button'
  button.textContent = name
  button.setAttribute('aria-expanded', 'false')
  button.style.cssText =
    base + 'bottom:20px;min-height:48px;padding:0 20px;border-radius:24px;background:#1f5f8b;color:#fff;font:600 15px/1 system-ui,sans-serif;cursor:pointer;box-shadow:0 6px 20px rgba(0,0,0,.25)'
  const toggle = (open) => {
    // The key travels to our own origin only, in the part of the address that no server gets.
    if (open && !frame.src) {
      const own = new URLSearchParams({ lang: chinese ? 'zh' : 'en', key: tag.dataset.key || '' })
      frame.src = `${home}/widget#${own}`
    }
    frame.style.display = open ? 'block' : 'none'
    button.setAttribute('aria-expanded', String(open))
  }
  button.addEventListener('click', () => toggle(frame.style.display === 'none'))
  const place = () => document.body.append(frame, button)
  if (document.body) place()
  else addEventListener('DOMContentLoaded', place)
})()
