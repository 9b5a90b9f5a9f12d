// Stands before Leaflet, which tries Internet Explorer's way of drawing and catches the fault of its
// absence; to tell where it was, a browser would read the whole of Leaflet once more.
(function () {
  'use strict';
  Object.assign(document, { namespaces: { add: function () {} } });
})();
