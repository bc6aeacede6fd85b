using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;

namespace Metaflow.Environments.Checks;

/// <summary>Finds what the steps of flows can come to in the author's code.</summary>
/// <param name="code">The author's code.</param>
/// <param name="program">The name of the assembly with the entry point, which runs before each task; no assembly if the task host runs
/// the tasks.</param>
internal sealed class FlowCode(OwnCode code, string program)
{
    private readonly CallGraph _calls = new(code);
    private Dictionary<OwnMethod, List<string>>? _steps;

    /// <summary>Returns the steps that can come to a method.</summary>
    /// <param name="method">The method.</param>
    /// <returns>The steps as <see cref="StepName"/> writes them, sorted.</returns>
    public IReadOnlyList<string> StepsOf(OwnMethod method)
    {
        _steps ??= FindSteps();
        return _steps.TryGetValue(method, out var steps) ? steps : [];
    }

    /// <summary>Returns the text that stands for a step.</summary>
    /// <param name="flow">The full name of the flow's class, as reflection writes it.</param>
    /// <param name="method">The name of the step's method.</param>
    /// <returns>The text.</returns>
    public static string StepName(string flow, string method) => $"{flow}.{method}";

    /// <summary>Finds the class of a flow.</summary>
    /// <param name="flow">The full name of the class.</param>
    /// <returns>The classes that the author wrote, the flow's own first; none if it is not in the author's code.</returns>
    public IReadOnlyList<OwnType> FlowNamed(string flow)
        => code.Types().Where(type => type.Name == flow).Select(code.LevelsOfFlow)
            .FirstOrDefault(static levels => levels is not null) ?? [];

    /// <summary>Returns what a step can come to.</summary>
    /// <param name="flow">The classes of the flow.</param>
    /// <param name="step">The name of the step's method.</param>
    /// <returns>The methods.</returns>
    public HashSet<OwnMethod> ReachedFrom(IReadOnlyList<OwnType> flow, string step)
    {
        var ofFlow = flow.SelectMany(static level => level.Methods).Where(method => method.Name is ".ctor" or ".cctor"
            || (method.Name == step && OwnCode.IsStep(method)));
        return _calls.ReachedFrom(ofFlow.Concat(EntryPoints()), flow);
    }

    private Dictionary<OwnMethod, List<string>> FindSteps()
    {
        var steps = new Dictionary<OwnMethod, List<string>>();
        foreach (var type in code.Types().Where(static type => !type.Definition.Attributes.HasFlag(TypeAttributes.Abstract)))
        {
            if (code.LevelsOfFlow(type) is not { } levels)
            {
                continue;
            }

            foreach (var step in levels.SelectMany(static level => level.Methods).Where(OwnCode.IsStep)
                .Select(static method => method.Name).Distinct().Order(StringComparer.Ordinal))
            {
                foreach (var method in ReachedFrom(levels, step))
                {
                    (steps.TryGetValue(method, out var known) ? known : steps[method] = []).Add(StepName(type.Name, step));
                }
            }
        }

        return steps;
    }

    private IEnumerable<OwnMethod> EntryPoints()
        => from assembly in code.Assemblies
           where assembly.Name == program && assembly.EntryPoint != 0
           let handle = MetadataTokens.EntityHandle(assembly.EntryPoint)
           where handle.Kind == HandleKind.MethodDefinition
           select new OwnMethod(assembly, (MethodDefinitionHandle)handle);
}
