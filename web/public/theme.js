// Runs before the first paint, so that a chosen theme never flashes. A file of its own: the server allows no inline script.
try {
  const theme = localStorage.getItem('wentu.theme')
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
} catch {
  // Storage may be switched off; the system's theme is used then.
}
