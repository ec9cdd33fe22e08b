package dev.kume.cli.report;

/** How the report looks: on light and dark screens, and on paper. */
final class ValidationStyle {
    static final String CSS = """
            :root {
              --ground: #ffffff; --panel: #f4f6f8; --text: #1b2027; --faint: #55606e; --line: #d5dae1; --link: #0b57a4;
              --success: #17663a; --warning: #7a4d00; --failed: #a31520; --canceled: #4a5462;
              --success-ground: #e2f3e8; --warning-ground: #fdf0d5; --failed-ground: #fce4e4;
              --canceled-ground: #e9ecf0;
            }
            @media (prefers-color-scheme: dark) {
              :root {
                --ground: #14181d; --panel: #1d232b; --text: #e4e8ed; --faint: #a3adba; --line: #39424e;
                --link: #8fc2ff;
                --success: #8fdcab; --warning: #ffce73; --failed: #ff9c9c; --canceled: #c0c8d2;
                --success-ground: #173a26; --warning-ground: #43320c; --failed-ground: #4a1a1d;
                --canceled-ground: #2c333d;
              }
            }
            * { box-sizing: border-box; }
            html { color-scheme: light dark; }
            body { margin: 0; background: var(--ground); color: var(--text); font: 15px/1.5 system-ui, sans-serif; }
            main { max-width: 76rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
            a { color: var(--link); }
            h1 { margin: 0 0 .75rem; font-size: 1.9rem; line-height: 1.2; overflow-wrap: anywhere; }
            h2 { margin: 2.25rem 0 .5rem; font-size: 1.2rem; scroll-margin-top: 1rem; }
            .kind { margin: 0; color: var(--faint); }
            .verdict, .finding { padding: .75rem 1rem; border-left: .3rem solid currentColor; border-radius: .25rem; }
            .verdict { font-size: 1.1rem; }
            .verdict .badge { background: var(--ground); }
            .success { color: var(--success); background: var(--success-ground); }
            .warning { color: var(--warning); background: var(--warning-ground); }
            .failed { color: var(--failed); background: var(--failed-ground); }
            .canceled { color: var(--canceled); background: var(--canceled-ground); }
            .badge { display: inline-block; padding: .05rem .55rem; border-radius: 1rem; font-size: .85rem;
              font-weight: 600; vertical-align: middle; border: 1px solid currentColor; }
            dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .2rem 1.25rem; margin: 0; }
            section > dl { margin-top: 1rem; }
            dt { color: var(--faint); max-width: 20rem; overflow-wrap: anywhere; }
            dd { margin: 0; white-space: pre-line; overflow-wrap: anywhere; }
            .finding dt { color: inherit; font-weight: 600; }
            table { width: 100%; border-collapse: collapse; }
            th, td { padding: .35rem .6rem; border-bottom: 1px solid var(--line); text-align: left;
            vertical-align: top; }
            thead th { color: var(--faint); font-weight: 600; border-bottom-width: 2px; }
            tbody th { font-weight: 500; }
            .scroll { overflow-x: auto; }
            .log { font-size: .8rem; font-variant-numeric: tabular-nums; }
            .log td { overflow-wrap: anywhere; }
            .log td:nth-child(-n+4) { white-space: nowrap; overflow-wrap: normal; }
            .log .step td { background: var(--panel); font-weight: 600; }
            .log .path { display: block; color: var(--faint); }
            .number { text-align: right; white-space: nowrap; }
            details { margin: .75rem 0; }
            summary { cursor: pointer; color: var(--link); padding: .3rem 0; }
            .up { font-size: .85rem; }
            footer { margin-top: 2.5rem; border-top: 2px solid var(--line); font-weight: 600; }
            @media (max-width: 40rem) { dl { grid-template-columns: 1fr; } dd { margin-bottom: .4rem; } }
            @media print {
              :root {
                --ground: #ffffff; --panel: #f1f1f1; --text: #000000; --faint: #444444; --line: #bbbbbb;
                --link: #000000;
                --success: #17663a; --warning: #7a4d00; --failed: #a31520; --canceled: #4a5462;
                --success-ground: #ffffff; --warning-ground: #ffffff; --failed-ground: #ffffff;
                --canceled-ground: #ffffff;
              }
              html { color-scheme: light; }
              body { font-size: 10pt; }
              main { max-width: none; padding: 0; }
              .log { font-size: 7pt; }
              .log td:nth-child(-n+4) { white-space: normal; overflow-wrap: anywhere; }
              .up { display: none; }
              .scroll { overflow: visible; }
              details::details-content { content-visibility: visible; block-size: auto; }
              thead { display: table-header-group; }
              tr, .finding { break-inside: avoid; }
              h2 { break-after: avoid; }
            }
            """;

    private ValidationStyle() {}
}
