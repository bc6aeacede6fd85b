using Metaflow.Definition;
using Metaflow.Errors;
using Metaflow.Graph;
using Metaflow.Settings;

namespace Metaflow.Decorators;

/// <summary>The decorators of a flow as a whole.</summary>
internal sealed class FlowDecorators
{
    private readonly FlowSpec _flow;
    private readonly SettingReader _settings;
    private readonly IReadOnlyList<DecoratorAttribute> _all;

    /// <summary>Reads the decorators.</summary>
    /// <param name="flow">The flow.</param>
    /// <param name="settings">The settings, which may choose what a decorator leaves out.</param>
    public FlowDecorators(FlowSpec flow, MetaflowSettings settings)
    {
        _flow = flow;
        _settings = SettingReader.Of(settings);
        _all = StepDecorators.Effective(flow.DecoratorsOf(null));
        OfFlow = [.. _all.OfType<FlowDecoratorAttribute>()];
    }

    /// <summary>Gets those that say something of the flow as a whole, in the order of the source, base classes first.</summary>
    public IReadOnlyList<FlowDecoratorAttribute> OfFlow { get; }

    /// <summary>Gets the options that they add.</summary>
    public IReadOnlyList<FlowOption> Options
        => [.. OfFlow.SelectMany(static decorator => decorator.Options).DistinctBy(static option => option.Name)];

    /// <summary>Returns what is wrong with the decorators of the flow and its steps.</summary>
    /// <param name="definition">The flow.</param>
    /// <param name="with">The decorators given at run time.</param>
    /// <returns>The problems.</returns>
    public IEnumerable<GraphProblem> Check(FlowDefinition definition, IReadOnlyList<string> with)
    {
        var problems = new List<GraphProblem>(DuplicatesOfClasses());
        problems.AddRange(OfFlow.SelectMany(decorator => decorator.Check(definition)));
        problems.AddRange(OfFlow.OfType<ExitHookAttribute>().SelectMany(hook => hook.CheckMethods(_flow.GetType(), definition)));
        foreach (var step in definition.Graph.Steps)
        {
            problems.AddRange(StepDecorators.Duplicates(_flow.DecoratorsOf(step.Name), $"step '{step.Name}'")
                .Select(problem => problem with { Step = step.Name, Line = step.Line, SourceFile = step.SourceFile }));
            var decorators = new StepDecorators(_flow, step.Name, with);
            problems.AddRange(decorators.All.SelectMany(decorator => decorator.Check(step, definition.Graph)));
            problems.AddRange(GivenDecorators.Check(_flow, step, decorators.Given, _settings));
        }

        return problems;
    }

    /// <summary>Refuses decorators given at run time whose values cannot be. Those of the source are not looked at.</summary>
    /// <param name="definition">The flow.</param>
    /// <param name="with">The decorators given at run time.</param>
    /// <exception cref="ConfigurationException">A value cannot be; the code is that which the source would give. The exit code is
    /// 2.</exception>
    public void RefuseGiven(FlowDefinition definition, IReadOnlyList<string> with)
        => Refuse(definition.Graph.Steps.SelectMany(step =>
        {
            var given = new StepDecorators(_flow, step.Name, with).Given.ToList();
            return given.SelectMany(decorator => decorator.Check(step, definition.Graph))
                .Concat(GivenDecorators.Check(_flow, step, given, _settings));
        }));

    /// <summary>Refuses what was not known before configurations were read: values of any decorator that refer to them.</summary>
    /// <param name="definition">The flow, with its references filled.</param>
    /// <param name="with">The decorators given at run time, with their references filled.</param>
    /// <exception cref="ConfigurationException">A value cannot be; the code is that which the source would give. The exit code is
    /// 2.</exception>
    public void RefuseFilled(FlowDefinition definition, IReadOnlyList<string> with) => Refuse(Check(definition, with));

    private static void Refuse(IEnumerable<GraphProblem> problems)
    {
        if (problems.FirstOrDefault(static problem => problem.Severity == ProblemSeverity.Error) is { } problem)
        {
            throw new ConfigurationException(problem.Code, problem.What, problem.Why, problem.Fix) { ExitCode = ExitCodes.Usage };
        }
    }

    /// <summary>Finds kinds that one class has several times. A derived class's replaces its base's, so that each class is looked at
    /// alone.</summary>
    private IEnumerable<GraphProblem> DuplicatesOfClasses()
    {
        if (_flow.DecoratorsOf(null).Count < 2)
        {
            yield break;
        }

        for (var type = _flow.GetType(); type is not null && type != typeof(FlowSpec); type = type.BaseType)
        {
            var own = type.GetCustomAttributes(typeof(DecoratorAttribute), inherit: false);
            foreach (var problem in StepDecorators.Duplicates([.. own.Cast<DecoratorAttribute>()], $"class '{type.Name}'"))
            {
                yield return problem;
            }
        }
    }

    /// <summary>Returns the definition with the decorators as they are in force.</summary>
    /// <param name="definition">The definition as the classes are written.</param>
    /// <param name="with">The decorators given at run time.</param>
    /// <returns>The definition: each step with its own, the class's and the given ones; the flow with those of the flow as a
    /// whole.</returns>
    public FlowDefinition Apply(FlowDefinition definition, IReadOnlyList<string> with) => definition with
    {
        Graph = new FlowGraph(
            definition.FlowName,
            [.. definition.Graph.Steps.Select(step => step with { Decorators = new(new StepDecorators(_flow, step.Name, with).Nodes) })]),
        Decorators =
        [
            .. OfFlow.Select(
                static decorator => new DecoratorNode(decorator.DecoratorName, new(decorator.ToData())) { Origin = decorator }),
        ],
    };
}
