/* A whole map on paper. */
(function () {
  'use strict';
})();
