/* A page that stands packed in a frame: it is unpacked into a frame of its own, as wide and as high. */
(function () {
  'use strict';
  const node = document.getElementById('packed'), text = (node && node.textContent) || '';
  const bytes = Uint8Array.from(atob(text), function (letter) { return letter.charCodeAt(0); });
  if (typeof DecompressionStream !== 'function') {
    document.body.textContent = 'This browser is too old to unpack the map; open it in a current one.';
    return;
  }
  new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))).text().then(function (page) {
    const frame = document.createElement('iframe');
    frame.title = document.title;
    frame.setAttribute('sandbox', 'allow-scripts');
    frame.setAttribute('allow', 'fullscreen');
    frame.style.cssText = 'position:fixed;inset:0;width:100%;height:100%;border:0';
    frame.srcdoc = page;
    document.body.replaceChildren(frame);
  });
})();
