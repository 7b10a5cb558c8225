// What the page says, in English and Japanese.

const WORDS = {
  en: {
    title: "Kanji that do not exist", about: "A small neural net learnt to write, stroke by stroke. It works in this page; nothing leaves it.",
    language: "日本語", desk: "Begin one", deskHint: "Draw the first strokes; the net goes on from them, six ways.",
    pad: "Writing pad. Draw with mouse, pen or finger.", variants: "How the net goes on", again: "Again", undo: "Undo", clear: "Clear",
    clouds: "Show where the pen may go next", pen: "Pen temperature", mixture: "Mixture temperature", width: "Width temperature",
    seed: "Seed", fresh: "New page", other: "Use another net …", page: "A page of new kanji", more: "Another page below",
    replay: "Write again", moving: "Animated SVG", copy: "Copy SVG", link: "Copy link", close: "Close",
    footer: "Characters and weights derive from KanjiVG, © Ulrich Apel, CC BY-SA 3.0.",
    character: (n) => `Character ${n}`, variant: (n) => `Variant ${n}`, strokes: (n) => (n === 1 ? "1 stroke" : `${n} strokes`),
    chances: (lift, end) => [`lifts ${lift}`, `ends ${end}`], near: (name, d) => `Nearest real kanji: ${name}. Distance ${d} (0 is the same).`,
    copied: "Copied.", loading: "Loading the net …", loaded: (n) => `Now writing with ${n}.`,
    net: (layers, hidden, lost) => `Net: ${layers} × ${hidden} units${lost === null ? "" : `; rounding its weights cost ${lost} nats a step`}.`,
    noNet: "No net here. Make one with “fake-kanji export-web”, or drop a net.json onto the page.",
    damaged: "This file is damaged: no net can be read from it. The net before stays.", other_file: "This is not a net of fake-kanji. Drop a net.json made by “fake-kanji export-web”.",
    version: "This net was made for another version of the page. Export it again.",
  },
  ja: {
    title: "存在しない漢字", about: "小さなニューラルネットが一画ずつ書き方を覚えました。すべてこのページの中で動き、何も送信しません。",
    language: "English", desk: "書きはじめる", deskHint: "はじめの数画を書くと、ネットが続きを六通りに書きます。",
    pad: "筆記面。マウス、ペン、指で書けます。", variants: "続きの候補", again: "もう一度", undo: "一画戻す", clear: "消す",
    clouds: "次に筆が向かう先を表示", pen: "筆の温度", mixture: "混合の温度", width: "広がりの温度",
    seed: "シード", fresh: "新しい紙", other: "別のネットを使う…", page: "新しい漢字の一枚", more: "もう一枚続ける",
    replay: "書き直す", moving: "動くSVG", copy: "SVGをコピー", link: "リンクをコピー", close: "閉じる",
    footer: "文字と重みは KanjiVG (© Ulrich Apel, CC BY-SA 3.0) に由来します。",
    character: (n) => `第${n}字`, variant: (n) => `候補${n}`, strokes: (n) => `${n}画`,
    chances: (lift, end) => [`筆を上げる ${lift}`, `終わる ${end}`], near: (name, d) => `最も近い実在の漢字：${name}　距離 ${d}（0は同じ）`,
    copied: "コピーしました。", loading: "ネットを読み込んでいます…", loaded: (n) => `${n} で書いています。`,
    net: (layers, hidden, lost) => `ネット：${layers} × ${hidden}${lost === null ? "" : `、丸めによる損失 ${lost} nats/歩`}`,
    noNet: "ネットがありません。「fake-kanji export-web」で作るか、net.json をここに落としてください。",
    damaged: "このファイルは壊れていて、ネットを読み込めません。前のネットのまま続けます。", other_file: "fake-kanji のネットではありません。「fake-kanji export-web」の net.json を使ってください。",
    version: "このネットは別の版のためのものです。もう一度書き出してください。",
  },
};

let language = "en";
export const word = (key, ...values) => {
  const found = WORDS[language][key];
  return typeof found === "function" ? found(...values) : found;
};

export function speak(name) {
  language = name in WORDS ? name : "en";
  document.documentElement.lang = language;
  document.title = word("title");
  for (const element of document.querySelectorAll("[data-word]")) element.textContent = word(element.dataset.word);
  for (const element of document.querySelectorAll("[data-label]")) element.setAttribute("aria-label", word(element.dataset.label));
}

export const otherLanguage = () => (language === "en" ? "ja" : "en");
