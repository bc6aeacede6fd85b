using System.ComponentModel;
using Metaflow.Graph;

namespace Metaflow.Definition;

/// <summary>Collects a flow's definition, class by class from the base down. Generated code calls it; authors do not.</summary>
/// <remarks>A member of a derived class replaces the member of the same name, like an override.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class FlowDefinitionBuilder
{
    private readonly List<StepNode> _steps = [];
    private readonly List<ParameterDefinition> _parameters = [];
    private readonly List<ConfigDefinition> _configs = [];
    private readonly List<ConstantDefinition> _constants = [];
    private readonly List<ArtifactDefinition> _artifacts = [];
    private readonly List<DecoratorNode> _decorators = [];
    private string _flowName = "";
    private string _sourceFile = "";
    private string _documentation = "";

    /// <summary>Names the flow; the most derived class is called last and wins.</summary>
    /// <param name="flowName">The flow's name.</param>
    /// <param name="sourceFile">The source file's path.</param>
    /// <param name="documentation">The text of the XML summary.</param>
    public void Flow(string flowName, string sourceFile, string documentation)
    {
        _flowName = flowName;
        _sourceFile = sourceFile;
        _documentation = documentation;
    }

    /// <summary>Adds a step.</summary>
    /// <param name="step">The step as the graph sees it, without decorators.</param>
    /// <param name="decorators">The step's decorators in the order of the source.</param>
    public void Step(StepNode step, params IReadOnlyList<DecoratorAttribute> decorators)
        => Put(_steps, step with { Decorators = new(decorators.Select(ToNode)) }, static s => s.Name);

    /// <summary>Adds a parameter.</summary>
    /// <param name="parameter">The parameter.</param>
    public void Parameter(ParameterDefinition parameter) => Put(_parameters, parameter, static p => p.Name);

    /// <summary>Adds a configuration.</summary>
    /// <param name="config">The configuration.</param>
    public void Config(ConfigDefinition config) => Put(_configs, config, static c => c.Name);

    /// <summary>Adds a class constant.</summary>
    /// <param name="constant">The constant.</param>
    public void Constant(ConstantDefinition constant) => Put(_constants, constant, static c => c.Name);

    /// <summary>Adds an artifact.</summary>
    /// <param name="artifact">The artifact.</param>
    public void Artifact(ArtifactDefinition artifact) => Put(_artifacts, artifact, static a => a.Name);

    /// <summary>Adds a flow decorator. It replaces the base class's decorator of the same name.</summary>
    /// <param name="decorator">The decorator.</param>
    public void Decorator(DecoratorAttribute decorator)
    {
        ArgumentNullException.ThrowIfNull(decorator);
        if (decorator.AllowsMultiple)
        {
            _decorators.Add(ToNode(decorator));
        }
        else
        {
            Put(_decorators, ToNode(decorator), static d => d.Name);
        }
    }

    /// <summary>Builds the definition.</summary>
    /// <returns>The definition, with its graph.</returns>
    public FlowDefinition Build() => new()
    {
        FlowName = _flowName,
        SourceFile = _sourceFile,
        Documentation = _documentation,
        Graph = new FlowGraph(_flowName, [.. _steps]),
        Parameters = [.. _parameters],
        Configs = [.. _configs],
        Constants = [.. _constants],
        Artifacts = [.. _artifacts],
        Decorators = [.. _decorators],
    };

    private static DecoratorNode ToNode(DecoratorAttribute decorator)
        => new(decorator.DecoratorName, new(decorator.ToData())) { Origin = decorator };

    private static void Put<T>(List<T> items, T item, Func<T, string> nameOf)
    {
        var name = nameOf(item);
        var index = items.FindIndex(other => nameOf(other) == name);
        if (index < 0)
        {
            items.Add(item);
        }
        else
        {
            items[index] = item;
        }
    }
}
