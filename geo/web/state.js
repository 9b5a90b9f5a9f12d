/* Which figure of a line is drawn for a period. */
(function () {
  'use strict';
})();
