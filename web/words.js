// What the page says, in English and Japanese.

const WORDS = {
  en: {
    title: "Kanji that do not exist", about: "A small neural net learnt to write, stroke by stroke. It works in this page; nothing leaves it.",
    language: "日本語", desk: "Begin one", deskHint: "Draw the first strokes; the net goes on from them, six ways.",
    pad: "Writing pad. Draw with mouse, pen or finger.", variants: "How the net goes on", again: "Again", undo: "Undo", clear: "Clear",
    clouds: "Show where the pen may go next", pen: "Pen temperature", mixture: "Mixture temperature", width: "Width temperature",
    dream: "The page of new kanji", dreamDescribed: "described first, then written", dreamFree: "written freely",
    noDreams: "There are no more new descriptions of this net's parts; the rest is written freely.",
    seed: "Seed", fresh: "New page", other: "Use another net …", page: "A page of new kanji", more: "Another page below", font: "Save as a font",
    fontMade: (n) => `${n === 1 ? "1 character" : `${n} characters`}, at the code points for private use from U+E000 on, in the order of the page.`,
    replay: "Write again", moving: "Animated SVG", copy: "Copy SVG", link: "Copy link", close: "Close",
    footer: "Characters and weights derive from KanjiVG, © Ulrich Apel, CC BY-SA 3.0.",
    describe: "Describe one: ⿰木食 is 木 left of 食.", palette: "Operators and parts", operators: "Operators", parts: "Parts that the net knows",
    find: "Find parts by character or English name", noParts: "No part is named so.",
    operatorNames: ["left, right", "above, below", "around", "around, open below", "around, open above", "around, open right", "upper left", "upper right", "lower left", "over one another", "three across", "three down"],
    partDone: "Part done", partChances: (lift, end) => [`lifts ${lift}`, `ends the part ${end}`],
    wrongAt: (at, read, what) => `description, character ${at}, ${read ? `after ${read}` : "at its beginning"}: ${what}`,
    wrong_empty: "the description is empty; expected a character, or an operator and its parts",
    wrong_row: (n, most) => `${n} side by side, nested deeper than ${most} operators; expected fewer`,
    wrong_newer: (sign) => `${sign} is an operator of Unicode 15.1 that is not read; use one of ⿰⿱⿴⿵⿶⿷⿸⿹⿺⿻⿲⿳`,
    wrong_deep: (most) => `nested deeper than ${most} operators; expected a character`,
    wrong_ends: (nth, arity, sign, start) => `ends after ${nth} of the ${arity} parts that ${sign} at ${start} needs`,
    wrong_unwritten: (code) => `U+${code} is no character that can be written; expected one, or an operator`,
    wrong_entity: "expected a name and ; after &, as in &CDP-8BBA;",
    wrong_long: (most) => `longer than ${most} parts; expected the end`,
    wrong_unknown: (name, near) => `${name} is neither a part that the net knows nor one that it can spell; describe it, such as ⿰木食 (known parts near it: ${near})`,
    character: (n) => `Character ${n}`, variant: (n) => `Variant ${n}`, strokes: (n) => (n === 1 ? "1 stroke" : `${n} strokes`),
    chances: (lift, end) => [`lifts ${lift}`, `ends ${end}`], near: (name, d) => `Nearest real kanji: ${name}. Distance ${d} (0 is the same).`,
    copied: "Copied.", loading: "Loading the net …", loaded: (n) => `Now writing with ${n}.`,
    net: (layers, hidden, lost) => `Net: ${layers} × ${hidden} units${lost === null ? "" : `; rounding its weights cost ${lost} nats a step`}.`,
    noNet: "No net here. Make one with “fake-kanji export-web”, or drop a net.json onto the page.",
    noExemplars: "The exemplars of this net are not here (net.exemplars.json), so it writes what is described without them. Drop them onto the page.",
    otherExemplars: "These are not the exemplars of this net, or they are damaged.",
    damaged: "This file is damaged: no net can be read from it. The net before stays.", other_file: "This is not a net of fake-kanji. Drop a net.json made by “fake-kanji export-web”.",
    version: "This net was made for another version of the page. Export it again.",
  },
  ja: {
    title: "存在しない漢字", about: "小さなニューラルネットが一画ずつ書き方を覚えました。すべてこのページの中で動き、何も送信しません。",
    language: "English", desk: "書きはじめる", deskHint: "はじめの数画を書くと、ネットが続きを六通りに書きます。",
    pad: "筆記面。マウス、ペン、指で書けます。", variants: "続きの候補", again: "もう一度", undo: "一画戻す", clear: "消す",
    clouds: "次に筆が向かう先を表示", pen: "筆の温度", mixture: "混合の温度", width: "広がりの温度",
    dream: "新しい漢字の書き方", dreamDescribed: "組み立ててから書く", dreamFree: "自由に書く",
    noDreams: "このネットの部品による新しい組み立てはもうありません。残りは自由に書きます。",
    seed: "シード", fresh: "新しい紙", other: "別のネットを使う…", page: "新しい漢字の一枚", more: "もう一枚続ける", font: "フォントにする",
    fontMade: (n) => `${n}字を、この紙の順に私用領域（U+E000から）に収めました。`,
    replay: "書き直す", moving: "動くSVG", copy: "SVGをコピー", link: "リンクをコピー", close: "閉じる",
    footer: "文字と重みは KanjiVG (© Ulrich Apel, CC BY-SA 3.0) に由来します。",
    describe: "組み立てで指定：⿰木食 は左に木、右に食。", palette: "記号と部品", operators: "組み立ての記号", parts: "ネットの知る部品",
    find: "部品を文字か英語名で探す", noParts: "その名の部品はありません。",
    operatorNames: ["左右", "上下", "囲む", "上から囲む", "下から囲む", "左から囲む", "左上から", "右上から", "左下から", "重ねる", "左中右", "上中下"],
    partDone: "部品終わり", partChances: (lift, end) => [`筆を上げる ${lift}`, `部品が終わる ${end}`],
    wrongAt: (at, read, what) => `${at}字目${read ? `（${read} の後）` : ""}：${what}`,
    wrong_empty: "何も書かれていません。文字か、記号と部品を入れてください。",
    wrong_row: (n, most) => `${n}個の横並びは${most}段より深くなります。減らしてください。`,
    wrong_newer: (sign) => `${sign} は Unicode 15.1 の記号で、読めません。⿰⿱⿴⿵⿶⿷⿸⿹⿺⿻⿲⿳ を使ってください。`,
    wrong_deep: (most) => `記号が${most}段より深くなっています。文字を入れてください。`,
    wrong_ends: (nth, arity, sign, start) => `${start}字目の ${sign} には部品が${arity}個要りますが、${nth}個で終わっています。`,
    wrong_unwritten: (code) => `U+${code} は書ける文字ではありません。`,
    wrong_entity: "& の後には &CDP-8BBA; のように名前と ; が要ります。",
    wrong_long: (most) => `部品が${most}個を超えています。`,
    wrong_unknown: (name, near) => `${name} はネットの知らない部品で、分解も分かりません。⿰木食 のように組み立ててください（近い部品：${near}）。`,
    character: (n) => `第${n}字`, variant: (n) => `候補${n}`, strokes: (n) => `${n}画`,
    chances: (lift, end) => [`筆を上げる ${lift}`, `終わる ${end}`], near: (name, d) => `最も近い実在の漢字：${name}　距離 ${d}（0は同じ）`,
    copied: "コピーしました。", loading: "ネットを読み込んでいます…", loaded: (n) => `${n} で書いています。`,
    net: (layers, hidden, lost) => `ネット：${layers} × ${hidden}${lost === null ? "" : `、丸めによる損失 ${lost} nats/歩`}`,
    noNet: "ネットがありません。「fake-kanji export-web」で作るか、net.json をここに落としてください。",
    noExemplars: "このネットの手本（net.exemplars.json）がないため、手本なしで書きます。ページに落とすと使えます。",
    otherExemplars: "このネットの手本ではないか、壊れています。",
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
