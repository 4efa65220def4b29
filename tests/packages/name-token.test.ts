import { describe, expect, test } from 'vitest';
import { findNameToken, type NameToken } from '#lib/packages/name-token.ts';
import { visibleText } from '#lib/packages/visible-text.ts';

const NAME = 'com.example/weather';
const found = (text: string) => findNameToken(text, NAME).found;

describe('mcp-name in a README', () => {
  test.each([
    ['on a line of its own', `# Weather\n\nmcp-name: ${NAME}\n\nMore.`],
    ['at the end of the text', `mcp-name: ${NAME}`],
    ['before a space', `mcp-name: ${NAME} is the name`],
    ['before a tag', `<p>mcp-name: ${NAME}</p>`],
    ['in a comment', `<!-- mcp-name: ${NAME} -->`],
    ['in a comment without spaces', `<!--mcp-name: ${NAME}-->`],
    ['in a comment closed the old way', `<!-- mcp-name: ${NAME}--!>`],
    ['as code', `\`mcp-name: ${NAME}\``],
    ['in bold', `**mcp-name: ${NAME}**`],
    ['behind another name', `mcp-name: ${NAME}-pro\nmcp-name: ${NAME}\n`],
    ['with Windows line ends', `mcp-name: ${NAME}\r\n`],
  ])('%s proves the name', (_, text) => expect(found(text)).toBe('name'));

  test.each<[string, string, NameToken['found']]>([
    ['another name that begins so', `mcp-name: ${NAME}2`, 'runs-on'],
    ['a name with a hyphen behind it', `mcp-name: ${NAME}-pro`, 'runs-on'],
    ['a name with two hyphens behind it', `mcp-name: ${NAME}--pro`, 'runs-on'],
    ['a name with a dot behind it', `mcp-name: ${NAME}.`, 'runs-on'],
    ['a name with a slash behind it', `mcp-name: ${NAME}/sub`, 'runs-on'],
    ['a letter of another script behind it', `mcp-name: ${NAME}é`, 'runs-on'],
    ['a combining accent on its last letter', `mcp-name: ${NAME}\u0301`, 'runs-on'],
    ['a character that shows nothing behind it', `mcp-name: ${NAME}\u200b2`, 'runs-on'],
    ['a comment that closes too early', `<!-- mcp-name: ${NAME}-- pro`, 'runs-on'],
    ['another case', 'mcp-name: com.example/Weather', 'case'],
    ['a namespace in another case', 'mcp-name: Com.Example/weather', 'case'],
    ['another server', 'mcp-name: com.example/news', 'other'],
    ['a namespace that ends so', `mcp-name: evil.${NAME}`, 'other'],
    ['a letter that looks alike', 'mcp-name: com.example/we\u0430ther', 'other'],
    ['the key in another case', `MCP-Name: ${NAME}`, 'nothing'],
    ['no space', `mcp-name:${NAME}`, 'nothing'],
    ['two spaces', `mcp-name:  ${NAME}`, 'nothing'],
    ['a tab', `mcp-name:\t${NAME}`, 'nothing'],
    ['the name on the next line', `mcp-name: \n${NAME}`, 'nothing'],
    ['the key as the end of a word', `no-mcp-name: ${NAME}`, 'nothing'],
    ['the name alone', NAME, 'nothing'],
    ['nothing', '', 'nothing'],
  ])('%s does not', (_, text, expected) => expect(found(text)).toBe(expected));

  test('the nearest miss is told, whatever comes first', () => {
    const text = 'mcp-name: com.example/news mcp-name: com.example/weather-pro mcp-name: com.example/WEATHER';
    expect(findNameToken(text, NAME)).toEqual({ found: 'case', seen: 'com.example/WEATHER' });
  });

  test('half a million tokens are read in one pass', () => {
    expect(found(`mcp-name: ${NAME}x `.repeat(500_000))).toBe('runs-on');
  });
});

describe('what a reader sees of HTML', () => {
  test.each([
    ['a paragraph', `<p>mcp-name: ${NAME}</p>`],
    ['text between tags without spaces', `<b>a</b>mcp-name: ${NAME}<br>b`],
    ['text behind a comment', `<!-- a -->mcp-name: ${NAME}<!-- b -->`],
    ['text behind an attribute with a bracket', `<a title="1 > 0">mcp-name: ${NAME}</a>`],
    ['text with a lone bracket before it', `1 < 2 mcp-name: ${NAME}`],
    ['text behind a style', `<style>p { }</style>mcp-name: ${NAME}`],
  ])('%s is seen', (_, html) => expect(found(visibleText(html))).toBe('name'));

  test.each([
    ['a comment', `<p>Weather</p><!-- mcp-name: ${NAME} -->`],
    ['a comment with tags in it', `<!-- <p>mcp-name: ${NAME}</p> -->`],
    ['a comment that does not end', `<p>Weather</p><!-- mcp-name: ${NAME} `],
    ['an attribute', `<img alt="mcp-name: ${NAME} ">`],
    ['an attribute behind a bracket', `<img alt="> mcp-name: ${NAME} ">`],
    ['an attribute in single quotes', `<img alt='> mcp-name: ${NAME} '>`],
    ['a script', `<script>mcp-name: ${NAME} </script>`],
    ['a style in capitals', `<STYLE>mcp-name: ${NAME} </STYLE>`],
    ['a template', `<template><p>mcp-name: ${NAME}</p></template>`],
    ['a declaration', `<!mcp-name: ${NAME} >`],
    ['a processing instruction', `<?mcp-name: ${NAME} ?>`],
    ['two halves in two elements', `<i>mcp-name: com.example/</i><i>weather</i>`],
  ])('%s is not', (_, html) => expect(found(visibleText(html))).not.toBe('name'));

  test('a megabyte of open brackets and quotes is read in one pass', () => {
    expect(visibleText('<a "'.repeat(250_000))).toHaveLength(1);
    expect(visibleText('<'.repeat(1_000_000))).toHaveLength(1_000_000);
  });
});
