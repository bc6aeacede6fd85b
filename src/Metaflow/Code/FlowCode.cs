using Metaflow.Decorators;
using Metaflow.Definition;

namespace Metaflow.Code;

/// <summary>The code of a flow as it is now. It is read when it is first asked for.</summary>
internal sealed class FlowCode : ICurrentCode
{
    /// <summary>Decorators that change when and how often a task runs, but never what it computes.</summary>
    private static readonly HashSet<string> WithoutEffect = new(StringComparer.Ordinal)
    {
        "retry", "timeout", "resources", "card", NoCacheAttribute.DiskName,
    };

    private readonly Lazy<IReadOnlyDictionary<string, string>> _all;

    /// <summary>Initializes the code of a flow.</summary>
    /// <param name="flow">The flow.</param>
    /// <param name="definition">The flow's definition.</param>
    /// <param name="decoratorsOf">Returns the decorators in force for a step.</param>
    /// <param name="memory">Keeps what was computed for a build.</param>
    /// <param name="packagesOf">Returns what identifies the packages of a step's environment; <see langword="null"/> for those of the
    /// program.</param>
    public FlowCode(
        FlowSpec flow, FlowDefinition definition, Func<string, StepDecorators> decoratorsOf, CodeCache memory,
        Func<string, string?>? packagesOf = null)
        => _all = new Lazy<IReadOnlyDictionary<string, string>>(
            () => Compute(flow, definition, decoratorsOf, memory, packagesOf ?? (static _ => null)));

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> All => _all.Value;

    /// <inheritdoc/>
    public string? Of(string step) => All.GetValueOrDefault(step);

    private static Dictionary<string, string> Compute(
        FlowSpec flow, FlowDefinition definition, Func<string, StepDecorators> decoratorsOf, CodeCache memory,
        Func<string, string?> packagesOf)
    {
        var steps = definition.Graph.Steps.Select(static step => step.Name).ToList();
        var decorators = steps.ToDictionary(static step => step, decoratorsOf, StringComparer.Ordinal);
        var classes = decorators.Values.SelectMany(ClassesOf).Distinct().ToList();
        var code = memory.Recall(flow, [.. steps, .. classes.Select(CodeHasher.NameOf)], () => Read(flow, steps, classes));
        return steps.ToDictionary(
            static step => step, step => PackagesMark.Add(code[step] + EnvironmentOf(decorators[step], code), packagesOf(step)),
            StringComparer.Ordinal);
    }

    /// <summary>The classes of the decorators that are not Metaflow's, including those given with the run: nothing in the step's source
    /// names these.</summary>
    private static IEnumerable<Type> ClassesOf(StepDecorators decorators)
        => decorators.All.Select(static decorator => decorator.GetType())
            .Where(static type => type.Assembly != typeof(FlowCode).Assembly).Distinct();

    private static IReadOnlyDictionary<string, string> Read(FlowSpec flow, List<string> steps, List<Type> decorators)
    {
        try
        {
            return CodeHasher.Of(flow, steps, decorators);
        }
        catch (Exception error) when (error is BadImageFormatException or IOException or UnauthorizedAccessException)
        {
            var whole = WholeProgram.IdentityOf(flow);
            return steps.Concat(decorators.Select(CodeHasher.NameOf)).ToDictionary(static name => name, _ => whole);
        }
    }

    /// <summary>Returns what a step runs in, as far as it is declared: the runtime's major version, the program's switches, and the
    /// decorators that may change a result.</summary>
    /// <param name="decorators">The decorators in force for the step.</param>
    /// <param name="code">The identities of the decorators' classes, by name.</param>
    /// <returns>The text that follows the identity of the step's code.</returns>
    internal static string EnvironmentOf(StepDecorators decorators, IReadOnlyDictionary<string, string> code)
    {
        // Of decorators of environments, the packages that were found for them count.
        var texts = decorators.All
            .Where(static decorator => decorator is not EnvironmentDecoratorAttribute && !WithoutEffect.Contains(decorator.DecoratorName))
            .Select(PlainText.Of)
            .Concat(ClassesOf(decorators).Select(type => code[CodeHasher.NameOf(type)]))
            .Append(RuntimeSettings.Current).Order(StringComparer.Ordinal);
        return $" net{Environment.Version.Major} {PlainText.Digest(texts)}";
    }
}
