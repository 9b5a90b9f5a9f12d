// What the files of geo/web share: the values of a page, as geo/scene/model.py makes them, and the
// namespace `Tumen`. Nothing of this reaches a page; tests/test_web.py holds it to the dataclasses.
import * as leaflet from 'leaflet';

declare global {
  /** Code for maps made elsewhere, whose values have no type of ours. */
  type Fn = (...args: any[]) => any;
  type Methods = { [name: string]: ((this: any, ...args: any[]) => any) | object };
  interface Foreign {
    make: { [kind: string]: Fn };
    calls: { [name: string]: Fn };
    things: { [name: string]: any };
    glyphs: { [name: string]: any };
    control: Fn;
    button: Fn;
    say: Fn;
    offset?: Fn;
    formula: Fn;
    worked: Fn;
    last: Fn;
    date: Fn;
    nodes: Fn;
    layerList: Fn;
    box: Fn;
    colour: Fn;
    glyph: Fn;
    sign: Fn;
    [name: string]: any;
  }

  interface Window { Tumen: Tumen }
  /** Newer than the types of the library; browsers before it read base64 by `atob`. */
  interface Uint8ArrayConstructor { fromBase64?(text: string): Uint8Array<ArrayBuffer> }

  /** The values of a scene. Field for field the dataclasses of geo/scene/model.py. */
  namespace Scene {
    type Names = { [language: string]: string };
    type LonLat = [number, number];

    interface Claim {
      figure: string;
      what: string;
      period: string;
      basis: string;
      source: number;
      share: string;
      note: string;
      drawn: boolean;
      group: string;
      id: string;
      standing: string;
    }

    /** A line as differences of whole 1e-5 degrees, taken so many times over. */
    type Course = { times: number; x: number[]; y: number[] };

    interface Place {
      id: string;
      names: Names;
      kind: string;
      lon: number;
      lat: number;
      accuracy_m: number | null;
      source: number;
      note: string;
      claims: Claim[];
      rank: number;
    }

    interface Lane {
      word: string;
      colour: string;
      rate: number;
    }

    interface Figure {
      id: string;
      start: string;
      end: string;
      kind: string;
      rate: number | null;
      quantity: number | null;
      capacity: number | null;
      years: number;
      rank: number;
      basis: string;
      direction: number;
      label: string;
      what: string;
      period: string;
      moved: string;
      could: string;
      share: string;
      source: number;
      lanes: Lane[];
      hollow: boolean;
      key: string;
      flows: string[];
      unit: string;
      unit_size: number;
      added: number;
      quantity_low: number | null;
      quantity_high: number | null;
      full: number | null;
      full_low: number | null;
      full_high: number | null;
      at: string;
      knowledge: number;
      aggregate: boolean;
      part_of: string[];
      series: string;
      cites: number[];
      told_by: number[];
      where: string;
    }

    interface Casing {
      start: string;
      end: string;
      kind: string;
      capacity: number;
      could: string;
      source: number;
    }

    interface Pipe {
      id: string;
      corridor: string;
      corridor_title: string;
      title: string;
      parts: LonLat[][];
      colour: string;
      tint: string;
      casing_px: number | null;
      core_px: number | null;
      dash: number[];
      hollow: boolean;
      label: string;
      status: string;
      geometry_basis: string;
      basis: string;
      length: string;
      arrow: boolean;
      over: boolean;
      context: boolean;
      width_px: number;
      note: string;
      claims: Claim[];
      sources: number[];
      figures: Figure[];
      casings: Casing[];
      shown: string[];
      since: string;
      until: string;
      beside: string[];
      legs: string[];
      length_km: number;
      series: boolean;
      mode: string;
      ends: string[];
    }

    interface Event {
      date: string;
      title: string;
      kind: string;
      source: number;
      start: string;
      end: string;
      corridor: string;
    }

    interface Clock {
      start: string;
      end: string;
      units: string[];
      open_start: string;
      open_end: string;
      corridors: string[];
      bounds: Bound[];
    }

    interface Bound {
      corridor: string;
      kind: string;
      low: number | null;
      high: number | null;
      start: string;
      end: string;
      word: string;
      limit: boolean;
    }

    interface FactorSlider {
      id: string;
      words: string;
      figure: string;
      value: number;
      low: number;
      high: number;
      step: number | null;
      unit: string;
      unit_one: string;
      allowed: string;
      cites: string;
      one: string;
      many: string;
      note: string;
      known: boolean;
      divides: boolean;
    }

    interface Held {
      said: string;
      of: string;
      rate: number | null;
      low: number | null;
      high: number | null;
      cites: string;
      drawn: boolean;
    }

    interface WhatIf {
      id: string;
      corridor: string;
      line: string;
      title: string;
      factors_title: string;
      unit: string;
      per: string;
      kind: string;
      per_year: number;
      constant: number;
      factors: FactorSlider[];
      tail: string;
      allowed: string;
      published: string;
      held: Held | null;
      sentence: string;
      cites: string;
      note: string;
    }
  }

  /** A layer of packed geometry, decoded. X and Y lie in the Mercator square, y growing southward. */
  interface PackLayer {
    name: string;
    kind: 'polygon' | 'line' | 'point';
    quantum: number;
    meta: { extent?: [number, number, number, number]; [key: string]: unknown };
    /** The picture of a layer of relief or depth, once it was read. */
    shade?: ImageData;
    labels: string[] | null;
    ranks: number[] | null;
    parts: number;
    points: number;
    X: Float64Array;
    Y: Float64Array;
    /** Where each part begins in X and Y; one longer than there are parts. */
    off: Uint32Array;
    /** Four numbers a part: west, north, east, south; of parts not placed nothing. */
    bb: Float64Array;
    columns: PackColumn[];
    later: PackLater | null;
  }

  /** Of a layer that was read partly: what its parts are made of, and which are placed in X and Y. */
  interface PackLater {
    payload: Uint8Array;
    dx: PackPlanes;
    dy: PackPlanes;
    order: 1 | 2;
    /** Where parts begin. */
    x: Int32Array;
    y: Int32Array;
    reach: PackReach;
    placed: Uint8Array;
  }

  /** How far parts reach from where they begin, in quanta: one by one, and the others at most. */
  type PackReach = {
    west: PackColumn; south: PackColumn; east: PackColumn; north: PackColumn; others: number;
  };

  /** Numbers as planes of bytes: where they begin, how many there are, bytes of each. */
  type PackPlanes = { at: number; count: number; width: number };

  /** Numbers beside geometry: value = origin + units × quantum; `known` is null where all are. */
  interface PackColumn {
    name: string;
    per: 'vertex' | 'part';
    quantum: number;
    origin: number;
    units: Int32Array;
    known: Uint8Array | null;
  }

  /** Waits for the browser's next turn when a slice of work has been long enough. */
  type Pace = () => Promise<void>;

  /** A label for the manager of labels: a point, or points `at` which it may stand. */
  interface Label {
    text: string;
    lat?: number;
    lng?: number;
    at?: [number, number][];
    /** Whether the words are of the lines of its id. */
    along?: boolean;
    /** Whether it names where something ends: figures make room for it, if they have other. */
    end?: boolean;
    id?: string;
    priority: number;
    cls: string;
    colour?: string;
    font: string;
    height: number;
    reach: number;
    /** How far from its point or line it may stand, in pixels. */
    leads?: readonly number[];
    /** Rather on a thin line than nowhere. */
    keep?: boolean;
    lang?: string;
    pad?: number;
    centre?: boolean;
    minZoom?: number;
  }

  type CountryName = { names: { [lang: string]: string }; spots: [number, number][]; zoom: number };
  /** A small map of the region round the map, as geo/scene/locator.py has it. */
  interface LocatorValue {
    land: string;
    borders: string;
    /** Of the outlines, to a pixel. */
    steps: number;
    mark: number[];
    names: { names: { [lang: string]: string }; x: number; y: number }[];
    /** West, south, east and north of what the map is of. */
    view: [number, number, number, number];
  }
  type SeaName = { names: { [lang: string]: string }; lon: number; lat: number; zoom: number; more?: [number, number][] };

  type Dot = [number, number];
  /** Left, top, right, bottom in pixels of the map. */
  type Edges = [number, number, number, number];
  type Run = { dots: Dot[]; box: Edges };
  /** A line in pixels, `half` as wide on each side. */
  type Course = { id: string; half: number; stretches: Run[] };
  /** What is taken of a map. */
  type Desk = { width: number; height: number; taken: Edges[]; symbols: Dot[]; courses: Course[] };
  /** Words to place: round their stops, or on them; of a line where they have its id. */
  type Words = {
    w: number; h: number; reach: number; stops: Dot[]; on?: boolean; id?: string; leads: readonly number[]; keep?: boolean;
  };
  type Spot = { box: Edges; leader: [Dot, Dot] | null };

  /** A line in pixels with the ids of the places at its ends. */
  type EdgeLine = { parts: Dot[][]; ends: string[] };
  /** What is taken, and the lines it was made of. */
  type LabelDesk = Desk & { lines: (EdgeLine & { id: string; half: number })[] };
  type Edge = { side: number; at: Dot; places: string[] };

  interface Labels {
    lines: { id: string; latlngs: [number, number][]; half: number; ends?: string[] }[];
    set(group: string, items: Label[] | ((desk: LabelDesk) => Label[])): void;
    show(group: string, shown: boolean): void;
    layout(): void;
    desk(size: leaflet.Point): LabelDesk;
  }

  /** A name of the base map. */
  interface BasemapName {
    text: string;
    kind: string;
    rank: number;
    lat: number;
    lng: number;
  }

  type BasemapColours = { sea: string; land: string; lake: string; river: string; border: string; railway: string };

  interface BasemapOptions extends leaflet.LayerOptions {
    world?: PackLayer[];
    regions?: PackLayer[][];
    colours?: Partial<BasemapColours>;
    padding?: number;
    settled?: Promise<unknown>;
  }

  /** The base map as geo/web/basemap.js makes it, as others may use it. */
  interface Basemap extends leaflet.Layer {
    labels: BasemapName[];
    drawn: { [name: string]: number };
    setColours(colours: Partial<BasemapColours>): this;
    /** Draw with at least so many device pixels per CSS pixel. */
    setSharpness(least: number): this;
  }

  /** What layers on a canvas of their own use of the base map. */
  interface Sheets {
    viewOf(map: leaflet.Map, bounds: Box): BasemapView;
    turned(view: BasemapView, turn: number): BasemapView;
    turnsOf(view: BasemapView, x0: number, x1: number): number[];
    seen(layer: PackLayer, view: BasemapView, minPx: number): number[];
    trace(ctx: CanvasRenderingContext2D, layer: PackLayer, part: number, view: BasemapView, close: boolean): void;
    stroke(
      ctx: CanvasRenderingContext2D, layer: PackLayer, view: BasemapView, pen: { colour: string; width: number; dash?: number[] },
    ): number;
  }

  /** How a kind of area or line of a ground is drawn, as geo/geometry/assets/ground.json has it. */
  type GroundStyle = {
    name: string; kind: string; fill?: string; line?: string; width?: [number, number]; dash?: number[]; from?: number;
    dark?: { fill?: string; line?: string };
  };
  type GroundValue = {
    name: string; credit: string; extent: [number, number, number, number]; zooms: [number, number]; dry: boolean;
    styles: GroundStyle[]; tiles: { [name: string]: string }; named: GroundNamed;
  };
  /** From which zoom names stand on streets, on how long a stretch, and how many at most. */
  type GroundNamed = { from: number; least_px: number; most: number };
  type GroundPictures = { pending: Promise<void>[]; at(z: number, x: number, y: number): HTMLImageElement | null };
  interface GroundOptions extends leaflet.LayerOptions {
    value: GroundValue;
    layers: PackLayer[];
    settled?: Promise<unknown>;
  }
  interface Ground extends Basemap {
    whole(): Promise<void>;
  }
  class GroundLayer extends BasemapLayer {
    options: BasemapOptions & Partial<GroundOptions> & { padding: number };
    _value: GroundValue;
    _styles: { style: GroundStyle; layers: PackLayer[] }[];
    _pictures: GroundPictures;
    _zooms: [number, number];
    initialize(options: GroundOptions & BasemapOptions): void;
    whole(): Promise<void>;
    _paint(ctx: CanvasRenderingContext2D, frame: Frame, view: BasemapView): void;
    _layer(ctx: CanvasRenderingContext2D, layer: PackLayer, view: BasemapView, style: GroundStyle): void;
    _tiles(ctx: CanvasRenderingContext2D, view: BasemapView, ratio: number): void;
    _tile(
      ctx: CanvasRenderingContext2D, z: number, x: number, y: number, side: number, view: BasemapView, ratio: number,
    ): void;
  }

  /** The base map from inside: what its own methods see. No such class stands in the page. */
  class BasemapLayer extends leaflet.Layer implements Basemap {
    options: BasemapOptions & { padding: number };
    labels: BasemapName[];
    drawn: { [name: string]: number };
    _map: leaflet.Map;
    _canvas: HTMLCanvasElement | null;
    _colours: BasemapColours;
    _sheets: Sheet[];
    _railways: PackLayer[];
    _bounds: Box;
    _centre: leaflet.LatLng;
    _zoom: number;
    _least: number;
    _saying: number;
    /** Pictures in the colours of the page, by layer and by what they are for. */
    _shades: Map<PackLayer, Map<string, HTMLCanvasElement>>;
    /** Views drawn on every side of the view, from the next drawing on. */
    _pad: number;
    getEvents(): { [name: string]: leaflet.LeafletEventHandlerFn };
    initialize(options: BasemapOptions): void;
    beforeAdd(map: leaflet.Map): any;
    onAdd(): any;
    onRemove(): any;
    setColours(colours: Partial<BasemapColours>): this;
    setSharpness(least: number): this;
    _ratio(): number;
    _say(): void;
    _widen(): void;
    _update(): void;
    _fit(canvas: HTMLCanvasElement): void;
    _refill(): void;
    _animate(event: leaflet.ZoomAnimEvent): void;
    _follow(): void;
    _place(centre: leaflet.LatLng, zoom: number): void;
    _draw(): void;
    _drawRailways(ctx: CanvasRenderingContext2D, layer: PackLayer, view: BasemapView): void;
    _drawSheet(ctx: CanvasRenderingContext2D, sheet: Sheet, view: BasemapView): void;
    _clear(ctx: CanvasRenderingContext2D, frame: Frame, view: BasemapView): void;
    _pattern(ctx: CanvasRenderingContext2D, sheet: Sheet, name: string, colour: string, view: BasemapView): CanvasPattern | null;
    _again(ctx: CanvasRenderingContext2D, pattern: CanvasPattern | null): void;
    _drawLayers(ctx: CanvasRenderingContext2D, sheet: Sheet, view: BasemapView): void;
  }

  /** What is handed to Leaflet's `extend`: some members of a class, whose `this` is that class. */
  type Inside<C> = Partial<C> & ThisType<C>;

  /** A box in the Mercator square. */
  type Frame = { x0: number; x1: number; y0: number; y1: number };
  /** A pack, or its coarser rim: `prefix` tells its layers apart, `frame` is null for the world. */
  type Sheet = { layers: PackLayer[]; prefix: string; frame: Frame | null };
  /** What is seen of the world at one moment: scale, offset and size, in CSS pixels. */
  type BasemapView = {
    scale: number; zoom: number; left: number; top: number; width: number; height: number;
  };
  /** Bounds in pixels that are known to be set. */
  type Box = leaflet.Bounds & { min: leaflet.Point; max: leaflet.Point };

  /** A cell to sort by or to copy; null, undefined and '' are unknown. */
  type Cell = string | number | null | undefined;

  /** The first and last day of a period, ISO, both included. */
  type Span = { start: string; end: string };

  /** A row of the table of figures as geo/web/table.js reads it from the page. */
  /** A column of a table: its values, or their indexes in a list that holds each once. */
  type Column = unknown[] | { of: unknown[]; at: number[] };
  type PackedRows = { count: number; columns: { [name: string]: Column } };

  /** A row as geo/scene/compact.py sends it, its empty columns restored. */
  interface SentRow {
    id: string; pipe: string; corridor: string; period: string; what: string; moved: string; could: string;
    share: string; basis: string; source: number; route: string; note: string; drawn: boolean; conflict: boolean;
    key: string; kind: string; start: string; end: string; unit: string; quantity: Known; quantity_low: Known;
    quantity_high: Known; base: Known; base_unit: string; held: Known; held_unit: string; full: Known;
    full_low: Known; full_high: Known; lines: string[]; astray: boolean; apart: boolean; held_sources: number[];
  }

  interface TableRow {
    /** As the page has it, made when it is first needed; hidden where it is not among those chosen. */
    sent: SentRow; node: HTMLTableRowElement | null; hidden: boolean;
    id: string; pipe: string; lines: string[]; kind: string; what: string; route: string; note: string;
    corridor: string; period: string; figure: string; basis: string; start: string; end: string;
    quantity: number | null; low: number | null; high: number | null; unit: string;
    base: number | null; baseUnit: string; held: number | null; heldUnit: string;
    full: number | null; fullLow: number | null; fullHigh: number | null;
    source: number; sourceText: string; sourceUrl: string;
    astray: boolean; apart: boolean; drawn: boolean; differ: boolean;
    /** What its sources say, while a slider sets the capacity. */
    published?: { could: string; share: string };
  }

  /** A row of a table of words as geo/web/listings.js reads it from the page. */
  interface ListedRow {
    node: HTMLTableRowElement; cells: Cell[]; keys: string[]; words: string; pipe: string; place: string;
  }

  /** Stands in rules.js for the constants, which the page holds. */
  const RULES: Rules;

  /** What a line shows: cores, or a casing alone, or counts that have words but no width. */
  type LineState = {
    cores: Scene.Figure[]; casing: Scene.Casing | null; said: Scene.Figure[]; listed: Scene.Figure[];
  };

  type Lane = { px: number; colour: string };

  /** The constants of geo/account/rules.json that the browser needs. */
  type Rules = {
    multiples: { [unit: string]: [string, number] }; evidence: string[]; least_share_days: number;
    least_core_px: number; least_lane_px: number; hollow_edge_px: number; rim_strength: number; long_headline: number; most_said: number;
    legend: { most: number; words: { [symbol: string]: string } };
    /** Pixels, but for stops and slant, which are shares; sides as (right, down). */
    labels: {
      gap: number; edge: number; close: number; wide: number; most: number; edge_apart: number; edge_names: number; stops: number[]; leads: number[]; name_leads: number[]; pace: number;
      slant: [number, number]; sides: [number, number][];
    };
    /** Outlines in a box of 13 pixels, as SVG writes them. */
    symbols: { [name: string]: string };
    /** Pixels, but for degrees and names; `room` is of a map that is large enough. */
    locator: {
      size: number; most_deg: number; least_px: number; dot_px: number; names: number; clear: number; room: [number, number];
      corners: leaflet.ControlPosition[];
    };
    /** The symbol of a kind of place, and its order among places. */
    places: { [kind: string]: [string, number] }; other_place: [string, number]; place_rank: number; place_end: number;
    /** What is drawn over a line without figures, by its mode, in pixels; `light` in the colour of paper. */
    modes: { [mode: string]: { width: number; dash: number[]; cap: 'butt' | 'round'; light?: boolean } };
  };

  /** One drawn way of a line, in pixels: `core` in a `casing`, either alone, or a `plain` line. */
  interface Stroke {
    casing: number | null;
    core: number | null;
    rim: number | null;
    plain?: number;
    faint?: boolean;
    lanes: { px: number; colour: string }[];
    hollow: boolean;
    reverse: boolean;
    arrow: boolean;
    over: boolean;
    /** To the right of travel. */
    shift: number;
  }

  /** A yearly capacity asked for: of one kind of unit or any, exact or "at least". */
  type Asked = { rate: number; kind: string | null; least: boolean };

  type LinesValue = {
    pipes: Scene.Pipe[]; totals?: Scene.Pipe[]; scale?: { [kind: string]: number };
    /** Of which pipes name the numbers. */
    claims?: Scene.Claim[];
    /** What a figure has where nothing is sent. */
    blank?: Partial<Scene.Figure>;
  };

  /** A value of a column as a page holds it: of its rows alone, the figures of each line. */
  type ChoiceValue = {
    word: string; headline: string; deck: string; rows: string[];
    figures: { [pipe: string]: Scene.Figure[] }; shown: { [pipe: string]: string[] };
  };
  type Choice = { column: string; values: ChoiceValue[]; steps: boolean };
  type Chosen = ChoiceValue & { column: string; ids: Set<string> };
  /** What a line has while nothing is chosen. */
  type Own = { figures: Scene.Figure[]; shown: string[]; colour: string };

  /** The lines of a map as one value; painters draw it, clock, table and sliders speak to it. */
  interface Lines {
    map: leaflet.Map;
    pipes: Scene.Pipe[];
    totals: Scene.Pipe[];
    window: Span | null;
    held: { [name: string]: Asked };
    chosen: Chosen | null;
    own: Map<Scene.Pipe, Own>;
    choose(chosen: Chosen | null): void;
    left(pipe: Scene.Pipe): boolean;
    byId: { [id: string]: Scene.Pipe };
    corridors: Map<string, Scene.Pipe[]>;
    whatIf(): boolean;
    asked(name: string, kind: string): Asked | null;
    speaks(pipe: Scene.Pipe): boolean;
    setWindow(period: Span | null): void;
    setCapacity(key: string, rate: number | null, kind?: string | null, least?: boolean): void;
    active(pipe: Scene.Pipe): boolean;
    state(pipe: Scene.Pipe): LineState;
    pixels(kind: string): number;
    strokes(pipe: Scene.Pipe, state: LineState): Stroke[];
    width(pipe: Scene.Pipe): number;
    label(pipe: Scene.Pipe): string;
    written(pipe: Scene.Pipe): string;
    announce(pipe: Scene.Pipe): string;
  }

  /** Leaflet's polyline moved aside, its last pixels left for an arrowhead; from inside. */
  class PipeLine extends leaflet.Polyline {
    options: leaflet.PolylineOptions & { shift?: number; cut?: number };
    _map: leaflet.Map;
    _rings: leaflet.Point[][];
    _rawPxBounds?: leaflet.Bounds;
    _project(): void;
    _reset(): void;
    _updateBounds(): void;
    getElement(): SVGPathElement | undefined;
  }

  type ArrowOptions = leaflet.PathOptions & { shift: number; cut: number; head: number; half: number };

  /** An arrowhead at the end of a line; from inside. */
  class Arrow extends leaflet.Path {
    options: ArrowOptions;
    _map: leaflet.Map;
    _line: leaflet.LatLngExpression[];
    _points: leaflet.Point[];
    _bounds: leaflet.Bounds;
    _pxBounds: leaflet.Bounds;
    _renderer: leaflet.Renderer & {
      _setPath(layer: leaflet.Path, path: string): void; _updatePath(layer: leaflet.Path): void;
    };
    initialize(line: leaflet.LatLngExpression[], options: ArrowOptions): void;
    _project(): void;
    _update(): void;
    _updatePath(): void;
    _empty(): boolean;
  }

  /** Years of the axis of time with their room, from where it begins; a long time without a figure as one. */
  type Stretch = { start: string; end: string; empty: boolean; years: number; room: number; from: number };
  /** A corridor with the figures of all its lines. */
  type Charted = {
    corridor: string; title: string; pipes: Scene.Pipe[]; figures: Scene.Figure[];
    /** The kind of unit that it is charted in. */
    kind: string;
    /** The corridor as if it were one line. */
    whole: Scene.Pipe;
  };
  /** A figure over the time in which it speaks, in the base unit a year; null is an open end. */
  type TimeColumn = {
    /** The first of its figures, whose time and capacity it has. */
    figure: Scene.Figure;
    /** Figures of one way, one upon the other. */
    parts: Part[];
    start: string; end: string; low: Known; high: Known;
    /** Which of the ways that stand side by side. */
    side: number; sides: number;
  };
  type Part = { figure: Scene.Figure; low: Known; high: Known };
  /** Words of the chart, where they stand. */
  type Written = { words: string; from: number; to: number; y: number };
  /** A line of the chart across some time, in pixels. */
  type Rule = { from: number; to: number; y: number };
  /** What could move over a time, or over the part of it that one way has. */
  type Stand = Scene.Bound & { side?: number; sides?: number };
  type Said = { start: string; end: string; words: string };

  /** A line of the ranking: what a pipe shows now, and how full it is; -1 where unknown. */
  interface Ranked {
    pipe: Scene.Pipe;
    figure: Scene.Figure | null;
    casing: Scene.Casing | null;
    share: number;
    known: boolean;
    /** Other figures of the period, which are not added. */
    listed: Scene.Figure[];
    title: string;
  }

  /** Many lines as typed arrays in the Mercator square: where parts and lines begin, boxes, order. */
  interface ManyIndex {
    count: number;
    X: Float64Array;
    Y: Float64Array;
    off: Uint32Array;
    first: Uint32Array;
    box: Float64Array;
    size: Float64Array;
    order: Uint32Array;
    amounts: ManyAmount[][];
  }

  /** What a line adds to a sum: in the base unit `kind`, with the unit it is worded in. */
  type ManyAmount = { kind: string; quantity: number; unit: string; size: number };
  type ManyRest = {
    count: number; unknown: number;
    totals: { [kind: string]: { quantity: number; units: { [unit: string]: number } } };
  };
  type ManyChoice = { drawn: number[]; rest: ManyRest };
  type ManyView = { scale: number; left: number; top: number; width: number; height: number };
  type ManyLook = { colour: string; width: number; dash: number[]; alpha?: number };
  type ManyPass = { pass: string; look: ManyLook; path: Path2D };
  type ManyInk = { halo: string; text: string };

  /** A window of time, in steps of the column of times. */
  type Span2 = [number, number];

  /** Up to 64 vertices of one part, with the box of the segments that end in them. */
  interface TrackBlocks { count: number; start: Uint32Array; part: Uint32Array; box: Float64Array }

  /** A square grid: the blocks that meet each cell, and those too wide for it. */
  interface TrackGrid {
    side: number; x: number; y: number; width: number; height: number;
    first: Uint32Array; block: Uint32Array; wide: number[];
  }

  /** Decoded tracks with what drawing and finding need. */
  interface TrackIndex {
    layer: PackLayer;
    blocks: TrackBlocks;
    /** Made when first something is looked for. */
    grid: TrackGrid | null;
    box: [number, number, number, number];
    /** The track of each part, ascending. */
    track: Int32Array;
    time: PackColumn | null;
    speed: PackColumn | null;
    span: Span2 | null;
  }

  /** Vertices that one zoom needs, and where those of each block begin. */
  type TrackKept = { rows: Uint32Array; at: Uint32Array };
  type TrackHit = { part: number; vertex: number; along: number; distance: number };
  type TrackView = { scale: number; left: number; top: number; width: number; height: number };
  type TrackLook = { colours: string[]; width: number; gap: number; ticks: boolean };
  type TrackScale = { colours: string[]; bounds: number[]; words: string[] };
  type TrackPlace = { bounds: Box; centre: leaflet.LatLng; zoom: number };
  /** What is drawn: blocks [first, last), within a window, in slices of so many segments. */
  type TrackPick = {
    first: number; last: number; window: Span2 | null; classes: Uint8Array; kept: TrackKept | null;
    budget: { segments: number };
  };

  /** A layer of tracks as geo/output/draw.py hands it over. */
  interface TracksValue {
    pack: string;
    name: string;
    color: string;
    colours: string[];
    table: { vessel: (string | number)[]; [column: string]: unknown[] };
    heads: { [column: string]: string };
    /** The words for a vessel, vessels and a ship, by what it is that moves. */
    moves: { vessel: string; vessels: string; ship: string };
    /** What a dashed line says; nothing is drawn across gaps where it is empty. */
    gap: string;
    speed: string;
    synthetic: boolean;
    notes: string[];
  }

  /** A pair of canvases that change places. */
  interface TrackSheet {
    first: boolean;
    canvases: HTMLCanvasElement[];
    place: TrackPlace | null;
    drawn: number;
    segments: number;
    budget: { segments: number };
    working: Promise<void> | null;
    want(moved?: boolean): Promise<void>;
    now(): void;
    clear(): void;
    covers(): boolean;
    stretch(centre: leaflet.LatLng, zoom: number): void;
    ground(): { ctx: CanvasRenderingContext2D; view: TrackView };
  }

  /** The tracks of one layer on a map. */
  interface TrackPainter {
    map: leaflet.Map;
    value: TracksValue;
    index: TrackIndex;
    root: leaflet.LayerGroup;
    count: number;
    window: Span2 | null;
    selected: number;
    modes: string[];
    mode: string;
    scale: TrackScale;
    parts: Uint32Array;
    base: TrackSheet;
    top: TrackSheet;
    clock?: object;
    pane(): HTMLElement;
    ratio(): number;
    want(moved?: boolean): Promise<unknown>;
    show(window: Span2 | null): void;
    select(track: number): void;
    paintBy(mode: string): void;
    find(latlng: leaflet.LatLng, reach: number): TrackHit | null;
    boundsOf(track: number): leaflet.LatLngBounds;
    rough: boolean;
    drawBase(sheet: TrackSheet): Generator<void, number>;
    drawTop(sheet: TrackSheet): Generator<void, number>;
  }

  /** What the map of a page tells its parts. */
  type TumenEvent = leaflet.LeafletEvent & {
    window?: Span | null; pipe?: string; place?: string; sharpness?: number;
  };

  /** A quantity or a share to word, with its bounds. */
  type Amount = { quantity?: Known; quantity_low?: Known; quantity_high?: Known; unit?: string };
  type Known = number | null;

  /** Draws one block of data on a map; a promise where that takes a while. */
  type Kind = (map: leaflet.Map, value: any, layer?: leaflet.LayerGroup) => void | Promise<unknown>;
  type Child = Node | string | number;

  /** What the files of geo/web share. */
  interface Tumen {
    foreign: Foreign;
    // core
    el<K extends keyof HTMLElementTagNameMap>(
      name: K, attributes?: { [name: string]: string | number }, children?: Child | Child[],
    ): HTMLElementTagNameMap[K];
    svg(name: string, attributes?: { [name: string]: string | number }): SVGElement;
    block(id: string): string;
    value(id: string): Promise<any>;
    css(name: string): string;
    escaped(text: string): string;
    corner(map: leaflet.Map, position: leaflet.ControlPosition, node: HTMLElement): void;
    fold(map: leaflet.Map, name: string, title: string, children: Child[]): HTMLDetailsElement;
    slot(
      name: string, map: leaflet.Map, title: string, position?: leaflet.ControlPosition,
    ): HTMLElement;
    reduced(): boolean;
    fail(map: leaflet.Map, error: Error): void;
    kinds: { [kind: string]: Kind };
    pending: Promise<unknown>[];
    add(kind: string, map: leaflet.Map, id: string, layer?: leaflet.LayerGroup): Promise<unknown>;
    ready(): void;
    settled: Promise<unknown>;
    // format
    words: {
      UNKNOWN: string;
      bare(text: string, unit: string): string;
      number(value: number): string;
      rounded(value: number): string;
      could(ends: [Known, Known], unit: string, years: number): string;
      quantity(row: Amount, unit?: string): string;
      percent(share: Known | undefined): string;
      share(low: Known, high: Known): string;
      joined(words: string[]): string;
    };
    period(start: string, end: string): string;
    years(start: string, end: string): number;
    // state
    rules: Rules;
    amountEnds(figure: Scene.Figure): [Known, Known];
    fullEnds(figure: Scene.Figure, by: number): [Known, Known];
    kindsOf(figures: Scene.Figure[]): string[];
    dayAfter(iso: string, days?: number): string;
    colourOf(figure: Scene.Figure): string;
    meets(figure: Scene.Figure, period: Span): boolean;
    inBeing(pipe: Scene.Pipe, period: Span | null): boolean;
    figureLabel(figure: Scene.Figure, tail?: string): string;
    worded(figure: Scene.Figure, tail?: string): Scene.Figure;
    amount(figure: Scene.Figure): string;
    state(pipe: Scene.Pipe, window: Span | null): LineState;
    stateWords(state: LineState): string;
    // lines
    lines(map: leaflet.Map, value?: LinesValue): Lines | undefined;
    needLines(map: leaflet.Map): Lines;
    hollowPx(px: number): number;
    ways(cores: Scene.Figure[]): Scene.Figure[][];
    // legend
    samples(lines: Lines): void;
    // many
    indexLines(pipes: Scene.Pipe[]): ManyIndex;
    orderLines(index: ManyIndex, sizes: number[], amounts: ManyAmount[][]): void;
    meetsView(index: ManyIndex, line: number, view: number[]): boolean;
    chooseLines(
      index: ManyIndex, view: number[], limit: number, shown?: (line: number) => boolean,
    ): ManyChoice;
    otherWords(rest: ManyRest): string;
    // tracks
    trackBlocks(layer: PackLayer): TrackBlocks;
    trackGrid(blocks: TrackBlocks, box: number[]): TrackGrid;
    trackIndex(layer: PackLayer): TrackIndex;
    trackKept(index: TrackIndex, scale: number, classes: Uint8Array | null): Generator<void, TrackKept | null>;
    clipped(segment: Float64Array, x0: number, y0: number, x1: number, y1: number): boolean;
    drawTracks(
      ctx: CanvasRenderingContext2D, index: TrackIndex, view: TrackView, look: TrackLook, pick: TrackPick,
    ): Generator<void, number>;
    nearestTrack(
      index: TrackIndex, x: number, y: number, reach: number, window: Span2 | null,
    ): TrackHit | null;
    trackAt(index: TrackIndex, track: number, at: number): [number, number] | null;
    trackClasses(index: TrackIndex, mode: string, count: number, bounds: number[]): Uint8Array;
    trackScale(index: TrackIndex, value: TracksValue, mode: string): TrackScale;
    trackPanels(painter: TrackPainter): void;
    // pipes
    shifted(points: leaflet.Point[], px: number): leaflet.Point[];
    select(map: leaflet.Map, pipe: Scene.Pipe, on: boolean): void;
    // decode
    pace(): Pace;
    mercatorX(lon: number): number;
    mercatorY(lat: number): number;
    latitude(y: number): number;
    decodePack(base64Text: string, partly?: boolean): Promise<PackLayer[]>;
    readShades(layers: PackLayer[]): Promise<void>;
    reliefStrength(deg: number): number;
    reliefTint(value: number, grey: number, dark: boolean, strength: number): number;
    depthTint(value: number, grey: number, channel: number, strength: number): number;
    shaded(shade: ImageData, colour: string, deep: boolean, strength: number): HTMLCanvasElement;
    partsIn(layer: PackLayer, x0: number, y0: number, x1: number, y1: number): number[];
    // basemap
    Basemap: (new (options: BasemapOptions) => Basemap) & typeof leaflet.Layer;
    sheet: Sheets;
    // ground
    Ground: new (options: GroundOptions) => Ground;
    groundPictures(tiles: { [name: string]: string }, later: () => void): GroundPictures;
    streetNames(layers: PackLayer[], view: BasemapView, rule: GroundNamed): Label[];
    groundZooms(zoom: number, ratio: number, low: number, high: number): number[];
    // labels
    gates(parts: Dot[][], width: number, height: number): { at: Dot; out: boolean }[];
    course(id: string, half: number, parts: Dot[][]): Course;
    inView(parts: Dot[][], width: number, height: number): Dot[];
    stops(dots: Dot[]): Dot[];
    clear(box: Edges, desk: Desk, wide: boolean): boolean;
    covered(spot: Spot): Edges[];
    spot(words: Words, desk: Desk): Spot | null;
    edges(lines: EdgeLine[], seen: Set<string>, width: number, height: number): Edge[];
    edgeWords(edge: Edge, name: (id: string) => string): string;
    labels(map: leaflet.Map): Labels;
    // popup
    cite(number: number): HTMLElement;
    sourceOf(number: number): { text: string, url: string };
    ranked(claims: Scene.Claim[], drawn: string[]): Scene.Claim[];
    claims(claims: Scene.Claim[]): HTMLElement;
    popup(title: string, lines: string[], claims: Scene.Claim[], sources?: number[]): HTMLElement;
    openPopup(
      map: leaflet.Map, at: leaflet.LatLngExpression, content: HTMLElement, from?: HTMLElement | SVGElement,
    ): leaflet.Popup;
    popupOptions(map: leaflet.Map): leaflet.PopupOptions;
    // now
    citesOf(figure: Scene.Figure): number[];
    cargoWords(figure: Scene.Figure): string;
    ranking(lines: Lines): Ranked[];
    headline(lines: Lines, period: Span | null): string;
    // chart
    wordsPx(words: string): number;
    stretches(start: string, end: string, figures: Scene.Figure[]): Stretch[];
    placed(stretches: Stretch[], date: string): number;
    dated(stretches: Stretch[], share: number): string;
    charted(lines: Lines, order: string[]): Charted[];
    columns(own: Charted, periods: Span[], limited: boolean): { columns: TimeColumn[]; said: Said[] };
    cargoColours(own: Charted): { colour: string; word: string }[];
    fitted(bounds: Scene.Bound[], columns: TimeColumn[]): Stand[];
    liftedOff(words: Written, rules: Rule[]): number;
    // columns
    Chart: new (
      root: HTMLElement, lines: Lines, corridors: Charted[], stretches: Stretch[], bounds: Scene.Bound[],
    ) => { say(): void; follow(): void; draw(periods: Span[]): void };
    // clock
    periods(start: string, end: string, unit: string): Span[];
    // whatif
    product(constant: number, values: number[], divides?: boolean[]): number;
    productSentence(product: Scene.WhatIf, values: { [factor: string]: number }, when?: string): string;
    productDuring(product: Scene.WhatIf, pipes: Scene.Pipe[], period: Span): Scene.WhatIf;
    during(start: string, end: string, told?: string): string;
    // table
    compareCells(one: Cell, other: Cell, down?: boolean): number;
    unpackRows(packed: PackedRows): SentRow[];
    sortRows(rows: TableRow[], key: string, down: boolean): TableRow[];
    inWindow(row: Pick<TableRow, 'start' | 'end'>, span: Span | null): boolean;
    csv(rows: TableRow[]): string;
    // listings
    listed(rows: ListedRow[], column: number, down: boolean): ListedRow[];
    asked(row: ListedRow, key: string, words: string): boolean;
    // print
    printable(map: leaflet.Map): void;
    // locator
    locator(map: leaflet.Map, value: LocatorValue, lang: string): void;
  }
}

declare module 'leaflet' {
  interface Path {
    _project(): void;
  }
  interface Map {
    // Leaflet's own, without a public name.
    _loaded?: boolean;
    _animatingZoom?: boolean;
    _getNewPixelOrigin(centre: leaflet.LatLng, zoom?: number): leaflet.Point;
    // Ours.
    _tumenBase?: Basemap & { showBorders(on: boolean): void; repaint(): void; speaks(lang: string): boolean };
    _tumenCorridors?: { [corridor: string]: leaflet.Layer };
    _tumenLabels?: Labels;
    _tumenLines?: Lines;
    _tumenMany?: object;
    /** Whether something is drawn in a box of the map. */
    _tumenCovers?: ((box: Edges) => boolean)[];
    _tumenLocator?: { start(): void; place(): void };
    _tumenTracks?: TrackPainter[];
    _tumenPipes?: Lines;
    _tumenPlaces?: {
      layer: leaflet.LayerGroup; languages: string[]; speak(lang: string): void;
      /** Ids of the places in view. */
      seen(): Set<string>;
      name(id: string): string;
    };
    _tumenClock?: object;
  }
}
