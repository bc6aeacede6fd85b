using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Metaflow.Architecture.Tests.Sources;

/// <summary>A file of the repository.</summary>
/// <param name="Path">The path relative to the repository's root, with <c>/</c>.</param>
/// <param name="Text">What it says.</param>
internal sealed record SourceFile(string Path, string Text)
{
    public SyntaxTree Parse(params string[] symbols) => CSharpSyntaxTree.ParseText(
        Text,
        // The compiler that the tests use is older than the one that builds: what is new in the language is a preview to it.
        CSharpParseOptions.Default.WithLanguageVersion(LanguageVersion.Preview).WithPreprocessorSymbols(symbols),
        Path);
}
