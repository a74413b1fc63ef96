// Copy buttons. The page is whole without them.
for (const button of document.querySelectorAll("button[data-copy]")) {
  button.addEventListener("click", async () => {
    const text = button.dataset.copy;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const area = document.createElement("textarea");
      area.value = text;
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
    button.textContent = "copied";
    setTimeout(() => { button.textContent = "copy"; }, 1500);
  });
}
for (const details of document.querySelectorAll("details")) {
  addEventListener("beforeprint", () => { details.dataset.was = details.open; details.open = true; });
  addEventListener("afterprint", () => { details.open = details.dataset.was === "true"; });
}
