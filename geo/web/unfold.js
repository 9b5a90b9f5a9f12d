/* Unpacks the scripts of a page, which stand in it as gzip in base64, and runs them in their order.
   The page's policy admits these and no other, by hash. */
(async function () {
  'use strict';
  /** @type {(block: Element) => Promise<string>} */
  function unpacked(block) {
    const bytes = Uint8Array.from(atob(block.textContent || ''), function (letter) { return letter.charCodeAt(0); });
    return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))).text();
  }

  /** @type {(text: string) => void} */
  function run(text) {
    const script = document.createElement('script');
    script.textContent = text;
    document.body.append(script);
    script.remove(); // has run: a copy of the page that the browser saves runs it once
  }

  /** What readers without scripts see is there for a browser that is too old to unpack them. */
  function showPicture() {
    document.querySelectorAll('noscript').forEach(function (node) {
      const picture = new Image(), found = /src="(data:image[^"]+)"/.exec(node.textContent || '');
      picture.alt = 'Still picture of the map; open the page in a current browser for the map.';
      picture.className = 'still';
      picture.src = found ? found[1] : 'data:,';
      node.replaceWith(picture);
    });
  }

  if (typeof DecompressionStream !== 'function') return showPicture();
  const texts = await Promise.all(Array.from(document.querySelectorAll('script.packed'), unpacked));
  texts.forEach(run);
})();
