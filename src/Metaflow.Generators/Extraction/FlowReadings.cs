using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Metaflow.Generators.Extraction;

/// <summary>Keeps what was last read of each flow, so that the analyzer need not read again what the generator has just read.</summary>
/// <remarks>The two see different compilations: the analyzer's has the generated files too, and no symbol or semantic model of one serves
/// in the other. Their syntax trees are the same objects. A reading has no symbols, and lives as long as the flow's tree; it holds for a
/// compilation of the same trees, references and options to which only generated files were added. Any other file may change what a name
/// means.</remarks>
internal static class FlowReadings
{
    private static readonly ConditionalWeakTable<ClassDeclarationSyntax, Entry> Latest = new();
    private static readonly ConditionalWeakTable<Compilation, Inputs> Known = new();

    /// <summary>Returns the steps that a flow declares as they were read, by their declarations.</summary>
    /// <param name="compilation">The compilation that they are needed for.</param>
    /// <param name="flow">The flow.</param>
    /// <returns>The steps; <see langword="null"/> where they were not read, or the sources have changed.</returns>
    public static IReadOnlyDictionary<MethodDeclarationSyntax, StepReading>? Find(Compilation compilation, INamedTypeSymbol flow)
        => KeyOf(flow) is { } key && Latest.TryGetValue(key, out var entry) && entry.Inputs.HoldFor(InputsOf(compilation))
            ? entry.Steps
            : null;

    /// <summary>Keeps the steps that a flow declares.</summary>
    /// <param name="compilation">The compilation that they were read in.</param>
    /// <param name="flow">The flow.</param>
    /// <param name="steps">The steps.</param>
    public static void Keep(Compilation compilation, INamedTypeSymbol flow, IEnumerable<StepReading> steps)
    {
        if (KeyOf(flow) is not { } key)
        {
            return;
        }

        var entry = new Entry(InputsOf(compilation), steps.ToDictionary(static step => step.Declaration));
        lock (Latest)
        {
            Latest.Remove(key);
            Latest.Add(key, entry);
        }
    }

    /// <summary>Returns the first part of a class that names a base, which the generator adds to no class.</summary>
    private static ClassDeclarationSyntax? KeyOf(INamedTypeSymbol flow) => flow.DeclaringSyntaxReferences
        .Select(static reference => reference.GetSyntax()).OfType<ClassDeclarationSyntax>()
        .FirstOrDefault(static part => part.BaseList is not null);

    private static Inputs InputsOf(Compilation compilation) => Known.GetValue(compilation, static compilation => new Inputs(compilation));

    private sealed record Entry(Inputs Inputs, IReadOnlyDictionary<MethodDeclarationSyntax, StepReading> Steps);

    /// <summary>All that the meaning of a source depends on.</summary>
    private sealed class Inputs(Compilation compilation)
    {
        private readonly ImmutableArray<SyntaxTree> _trees = [.. compilation.SyntaxTrees];

        // The reference to another project of an editor's solution holds that project's compilation.
        private readonly ImmutableArray<WeakReference<MetadataReference>> _references
            = [.. compilation.ExternalReferences.Select(static reference => new WeakReference<MetadataReference>(reference))];

        // What runs analyzers sets this one option.
        private readonly CompilationOptions _options = compilation.Options.WithReportSuppressedDiagnostics(false);

        public bool HoldFor(Inputs later) => ReferenceEquals(this, later)
            || (IsSame(_trees, later._trees.Take(_trees.Length))
                && later._trees.Skip(_trees.Length).All(GeneratedFiles.IsWrittenByUs)
                && IsSame(_references.Select(TargetOf), later._references.Select(TargetOf))
                && _options.Equals(later._options));

        private static MetadataReference? TargetOf(WeakReference<MetadataReference> reference)
            => reference.TryGetTarget(out var target) ? target : null;

        private static bool IsSame<T>(IEnumerable<T?> one, IEnumerable<T?> other)
            where T : class
            => one.Zip(other, static (first, second) => first is not null && ReferenceEquals(first, second)).All(static isSame => isSame)
                && one.Count() == other.Count();
    }
}
