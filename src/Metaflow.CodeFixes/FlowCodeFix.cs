using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;

namespace Metaflow.CodeFixes;

/// <summary>A fix that needs the syntax alone: one edit of one file.</summary>
/// <param name="title">What the editor offers.</param>
/// <param name="codes">The diagnostics that it fixes.</param>
internal abstract class FlowCodeFix(string title, params string[] codes) : CodeFixProvider
{
    public sealed override ImmutableArray<string> FixableDiagnosticIds { get; } = [.. codes];

    public sealed override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    public sealed override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        if (await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false) is not { } root)
        {
            return;
        }

        foreach (var problem in context.Diagnostics)
        {
            var node = root.FindNode(problem.Location.SourceSpan, getInnermostNodeForTie: true);
            if (Fix(root, node, problem) is { } changed)
            {
                context.RegisterCodeFix(
                    CodeAction.Create(title, _ => Task.FromResult(context.Document.WithSyntaxRoot(changed)), equivalenceKey: title),
                    problem);
            }
        }
    }

    /// <summary>Fixes a problem.</summary>
    /// <param name="root">The file.</param>
    /// <param name="node">What the diagnostic points at.</param>
    /// <returns>The file after the edit, or <see langword="null"/> when there is nothing to offer.</returns>
    protected virtual SyntaxNode? Fix(SyntaxNode root, SyntaxNode node) => null;

    /// <summary>Fixes a problem of which the diagnostic says more than its place.</summary>
    /// <param name="root">The file.</param>
    /// <param name="node">What the diagnostic points at.</param>
    /// <param name="problem">The diagnostic.</param>
    /// <returns>The file after the edit, or <see langword="null"/> when there is nothing to offer.</returns>
    protected virtual SyntaxNode? Fix(SyntaxNode root, SyntaxNode node, Diagnostic problem) => Fix(root, node);
}
