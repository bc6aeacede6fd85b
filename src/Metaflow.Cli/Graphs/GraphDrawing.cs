using Metaflow.Cli.Help;
using Metaflow.Cli.Terminal;
using Metaflow.Definition;
using Metaflow.Graph;

namespace Metaflow.Cli.Graphs;

/// <summary>Draws a graph from above to below: a step a line, with what it does below its name; branches and the bodies of foreaches are
/// moved to the right, up to their join.</summary>
internal sealed class GraphDrawing
{
    private const int NarrowestText = 20;

    private readonly FlowGraph _graph;
    private readonly StepFactsText _facts;
    private readonly DrawnLines _characters;
    private readonly int _width;
    private readonly Convergence _convergence;
    private readonly HashSet<string> _drawn = new(StringComparer.Ordinal);
    private readonly List<IReadOnlyList<StyledText>> _lines = [];

    private GraphDrawing(FlowDefinition definition, DrawnLines characters, int width)
    {
        _graph = definition.Graph;
        _facts = new StepFactsText(definition);
        _characters = characters;
        _width = width;
        _convergence = new Convergence(_graph);
    }

    private string Along => $"{_characters.Vertical} ";

    /// <summary>Returns the lines of a drawing.</summary>
    /// <param name="definition">The flow, whose graph may be wrong.</param>
    /// <param name="characters">What is drawn with.</param>
    /// <param name="width">How long lines may be; deep nesting takes more.</param>
    public static IReadOnlyList<IReadOnlyList<StyledText>> Of(FlowDefinition definition, DrawnLines characters, int width)
    {
        var drawing = new GraphDrawing(definition, characters, width);
        if (definition.Graph.StartStep is { } start)
        {
            drawing.AddBlock(start.Name, null, "", "");
        }

        foreach (var step in definition.Graph.Steps.Where(step => !drawing._drawn.Contains(step.Name)))
        {
            drawing.Add("", [new StyledText("No way leads here:", TextStyle.Failure)]);
            drawing.AddBlock(step.Name, null, "", "");
        }

        return drawing._lines;
    }

    // A row of steps, from one of them to where its split is joined, or to where the ways of its switch meet.
    private void AddBlock(string first, string? stop, string gutter, string firstGutter)
    {
        if (first == stop)
        {
            AddReference(firstGutter, first, null);
            return;
        }

        string? before = null;
        for (var name = first; name is not null && name != stop; firstGutter = gutter)
        {
            if (_graph.Find(name) is not { } step || !_drawn.Add(name))
            {
                AddReference(firstGutter, name, before);
                return;
            }

            var next = Following(step);
            AddStep(step, firstGutter, gutter + (_graph.NextOf(step).Count > 0 ? _characters.Vertical : ' '));
            AddBranches(step, next, gutter);
            before = name;
            name = next;
        }
    }

    // The step that comes below, in the same column.
    private string? Following(StepNode step) => TransitionShape.Of(step.Transitions) switch
    {
        _ when step.Name == _graph.EndStep?.Name => null,
        StepKind.SplitSwitch => _convergence.After(step),
        var shape when TransitionShape.IsSplit(shape) => _graph.MatchingJoinOf(step),
        _ => _graph.NextOf(step) is [var next, ..] ? next : null,
    };

    private void AddBranches(StepNode step, string? end, string gutter)
    {
        var split = step.Name == _graph.EndStep?.Name ? "" : _facts.SplitOf(step);
        if (split.Length == 0)
        {
            return;
        }

        var mark = TransitionShape.Of(step.Transitions) == StepKind.SplitSwitch ? _characters.Choice : _characters.Split;
        Add(gutter, [$"{mark} {split}"]);
        foreach (var target in _graph.NextOf(step))
        {
            AddBranch(target, end, gutter, step);
        }
    }

    private void AddBranch(string first, string? stop, string gutter, StepNode split)
    {
        if (_drawn.Contains(first))
        {
            AddReference(gutter + _characters.Branch, first, split.Name);
        }
        else
        {
            AddBlock(first, stop, gutter + Along, gutter + _characters.Branch);
        }
    }

    private void AddReference(string gutter, string target, string? from)
    {
        var isLoop = from is not null && _drawn.Contains(target) && LeadsTo(target, from);
        Add(gutter, [$"{(isLoop ? _characters.Loop : _characters.Arrow)} {_facts.NameOf(target)}"]);
    }

    private void AddStep(StepNode step, string firstGutter, string gutter)
    {
        var mark = step.TakesInputs ? _characters.Join : _characters.Step;
        var name = _facts.NameOf(step.Name);
        List<StyledText> line = [$"{mark} ", new StyledText(name, TextStyle.Strong)];
        var used = firstGutter.Length + mark.Length + 1 + name.Length;
        var (lineGutter, indent) = (firstGutter, gutter + "   ");
        foreach (var decorator in DecoratorText.AllOf(step.Decorators))
        {
            // What does not fit begins a line of its own.
            if (used + 1 + decorator.Length > _width)
            {
                Add(lineGutter, line);
                (lineGutter, line, used) = (indent, [new StyledText(decorator, TextStyle.Status)], indent.Length + decorator.Length);
                continue;
            }

            line.AddRange([" ", new StyledText(decorator, TextStyle.Status)]);
            used += 1 + decorator.Length;
        }

        Add(lineGutter, line);
        AddText(indent, step.Documentation, TextStyle.Plain);
        AddNames(indent, "reads", _facts.ReadBy(step));
        AddNames(indent, "sets", _facts.SetBy(step));
    }

    private void AddNames(string gutter, string verb, IReadOnlyList<string> names)
        => AddText(gutter, names.Count == 0 ? "" : $"{verb} {string.Join(", ", names)}", TextStyle.Faint);

    private void AddText(string gutter, string text, TextStyle style)
    {
        foreach (var line in text.Split('\n').SelectMany(line => HelpColumns.Wrap(line, Math.Max(NarrowestText, _width - gutter.Length))))
        {
            Add(gutter, [new StyledText(line, style)]);
        }
    }

    private void Add(string gutter, IReadOnlyList<StyledText> texts) => _lines.Add([new StyledText(gutter), .. texts]);

    private bool LeadsTo(string from, string to)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal) { from };
        var open = new Queue<string>(seen);
        while (open.TryDequeue(out var name))
        {
            if (name == to)
            {
                return true;
            }

            foreach (var next in _graph.Find(name) is { } step ? _graph.NextOf(step) : [])
            {
                if (seen.Add(next))
                {
                    open.Enqueue(next);
                }
            }
        }

        return false;
    }
}
