// The theme this device chose, set before the first paint. Loaded alone; everything else is in app.js.
try {
  const theme = localStorage.getItem("theme");
  if (theme) document.documentElement.dataset.theme = theme;
} catch {
  // Storage may be closed to us; then the system's theme stands.
}
