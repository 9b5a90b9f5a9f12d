/* The axis of time: period, range, play, events. */
(function () {
  'use strict';
})();
