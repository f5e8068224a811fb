// The guest of world `script`, for componentize-js and componentize-qjs alike.
import { note } from 'test:script/journal@1.2.0';
import now from 'now';

class Counter {
    constructor(start) { this.value = start; }
    add(n) { this.value += n; return this.value; }
    static parse(text) {
        if (!/^[0-9]+$/.test(text)) throw 'no number';
        return new Counter(Number(text));
    }
}

export const shapes = {
    Counter,
    describe(what, how) {
        const styles = Object.entries(how).filter(([, set]) => set).map(([name]) => name).join('+');
        switch (what.tag) {
            case 'circle': return `circle ${what.val.x} ${what.val.y} ${styles}`;
            case 'square': return `square ${what.val} ${styles}`;
            default: return `nothing ${styles}`;
        }
    },
    next(of) { return { red: 'green', green: 'blue' }[of]; },
    parse(text) {
        const [x, y] = text.split(',').map(Number);
        if (Number.isNaN(x) || y === undefined) throw `not a point: ${text}`;
        return { x, y };
    },
    sort(words) { return words.sort(); },
    swap([letter, truth]) { return [truth, letter]; },
    check(big, small) { if (big < small) throw null; },
    spend(left, right) { return left.value + right.value; },
};

export function run(name) {
    if (name === '') throw 'no name';
    return [name, String(now()), String(note('high', name))];
}
