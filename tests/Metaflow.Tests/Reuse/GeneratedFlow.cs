using Metaflow.Artifacts;
using Metaflow.Decorators;
using Metaflow.Definition;
using Metaflow.Graph;

namespace Metaflow.Tests.Reuse;

/// <summary>What the steps of a generated flow do: it follows from the step, its version and what it reads, and from nothing
/// else.</summary>
/// <param name="Graph">The graph.</param>
/// <param name="Versions">The version of each step's code.</param>
/// <param name="Failing">The tasks that fail, as the step and a list of places.</param>
internal sealed record GeneratedProgram(FlowGraph Graph, IReadOnlyDictionary<string, int> Versions, IReadOnlySet<string> Failing)
{
    public const int ParameterCount = 3;

    public const int ConfigCount = 2;

    public static readonly string[] Names = ["a", "b", "c", "d", "e"];

    /// <summary>Gets a value indicating whether the steps also look at all else that a run can be given: a list to sweep over, a file,
    /// configurations, triggers, variables.</summary>
    public bool HasInputs { get; init; }

    /// <summary>Gets a value indicating whether no step asks for its place in a foreach.</summary>
    public bool IsPlaceless { get; init; }

    /// <summary>Gets how many parameters were added to the flow.</summary>
    public int MoreParameters { get; init; }

    /// <summary>Gets the variables that decorators set, by step.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();

    /// <summary>Gets the processors that decorators ask for, by step.</summary>
    public IReadOnlyDictionary<string, int> Cpus { get; init; } = new Dictionary<string, int>();

    public FlowDefinition Definition
    {
        get
        {
            var builder = new FlowDefinitionBuilder();
            Describe(builder);

            // The graph as it was made: some programs have it edited where a builder would refuse.
            return builder.Build() with { Graph = Graph };
        }
    }

    public void Describe(FlowDefinitionBuilder builder)
    {
        builder.Flow("GeneratedFlow", "GeneratedFlow.cs", "");
        foreach (var step in Graph.Steps)
        {
            builder.Step(step);
        }

        for (var i = 0; i < ParameterCount + MoreParameters; i++)
        {
            builder.Parameter(new()
            {
                Name = $"p{i}",
                MemberName = $"P{i}",
                ValueType = typeof(int),
                TypeName = "int",
                HasDefault = true,
                Default = 1,
            });
        }

        if (!HasInputs)
        {
            return;
        }

        builder.Parameter(new()
        {
            Name = "sweep",
            MemberName = "Sweep",
            ValueType = typeof(List<int>),
            TypeName = "List<int>",
            HasDefault = true,
            Default = "[]",
        });
        builder.Parameter(new()
        {
            Name = "file",
            MemberName = "File",
            ValueType = typeof(string),
            TypeName = "string",
            IsRequired = true,
            IncludeFile = new IncludeFileDefinition(true, "utf-8"),
        });
        for (var i = 0; i < ConfigCount; i++)
        {
            builder.Config(new()
            {
                Name = $"c{i}",
                MemberName = $"C{i}",
                ValueType = typeof(IReadOnlyDictionary<string, int>),
                TypeName = "IReadOnlyDictionary<string, int>",
                DefaultValue = "{}",
            });
        }
    }
}

/// <summary>A flow whose steps read, write, pass on, merge and fan out at random, but always the same for the same seed and
/// version.</summary>
internal sealed class GeneratedFlow(GeneratedProgram program) : FlowSpec
{
    private readonly ArtifactCell<int>[] _numbers = [.. GeneratedProgram.Names.Select(static name => new ArtifactCell<int>(name))];
    private readonly ArtifactCell<int>[] _parameters =
    [
        .. Enumerable.Range(0, GeneratedProgram.ParameterCount).Select(static i => new ArtifactCell<int>($"p{i}", isReadOnly: true)),
    ];
    private readonly ArtifactCell<int> _more = new($"p{GeneratedProgram.ParameterCount}", isReadOnly: true);
    private readonly ArtifactCell<IReadOnlyDictionary<string, int>>[] _configs =
        [.. Enumerable.Range(0, GeneratedProgram.ConfigCount)
            .Select(static i => new ArtifactCell<IReadOnlyDictionary<string, int>>($"c{i}", isReadOnly: true))];

    private readonly ArtifactCell<List<int>> _sweep = new("sweep", isReadOnly: true);
    private readonly ArtifactCell<string> _file = new("file", isReadOnly: true);
    private readonly ArtifactCell<List<int>> _items = new("items");
    private string _target = "";

    public GeneratedFlow()
        : this(new GeneratedProgram(new FlowGraph("", []), new Dictionary<string, int>(), new HashSet<string>()))
    {
    }

    public override string FlowName => "GeneratedFlow";

    /// <summary>Gets what a process of the task would find in its environment.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();

    public override void CollectCells(ICollection<ArtifactCell> cells)
    {
        foreach (var cell in _numbers.Concat<ArtifactCell>(_parameters).Concat(_configs).Append(_more).Append(_sweep).Append(_file))
        {
            cells.Add(cell);
        }

        cells.Add(_items);
    }

    protected internal override void Describe(FlowDefinitionBuilder builder) => program.Describe(builder);

    protected internal override IReadOnlyList<DecoratorAttribute> DecoratorsOf(string? step)
    {
        var decorators = new List<DecoratorAttribute>();
        if (step is not null && program.Variables.TryGetValue(step, out var level))
        {
            decorators.Add(new EnvironmentVariablesAttribute("LEVEL", level));
        }

        if (step is not null && program.Cpus.TryGetValue(step, out var cpus))
        {
            decorators.Add(new ResourcesAttribute { Cpu = cpus });
        }

        return decorators;
    }

    protected internal override string? StepNameOf(string methodName) => _target;

    protected internal override ValueTask<Transition?> InvokeStepAsync(string step, StepInvocation invocation)
    {
        var node = program.Graph.Find(step)!;
        var version = program.Versions.GetValueOrDefault(step);
        var random = new Random(HashCode.Of(step, version));
        var value = HashCode.Of(step, version);
        if (node.ItemType is not null)
        {
            value = HashCode.Of(value, invocation.Item<int>());
        }

        if (node.TakesInputs)
        {
            value = ReadInputs(invocation, random, value);
        }

        value = Work(random, value);

        // Only where the failures ask for it: a task that knows its places depends on them.
        if (program.Failing.Count > 0
            && program.Failing.Contains(step + string.Join(',', Current.ForeachStack.Select(static frame => frame.Index))))
        {
            throw new InvalidOperationException("as the test wants");
        }

        return new(node.Transitions.Count == 0 ? null : Move(node, Math.Abs(value)));
    }

    private int Work(Random random, int value)
    {
        for (var operations = random.Next(0, 5); operations > 0; operations--)
        {
            var number = _numbers[random.Next(_numbers.Length)];
            var operation = random.Next(program.HasInputs ? 24 : 14);
            switch (program.IsPlaceless && operation is 8 or 9 or 13 or 18 or 21 or 22 ? 0 : operation)
            {
                case > 13 and < 21:
                    value = HashCode.Of(value, Look(operation, random));
                    break;
                case 5:
                    RemoveArtifact(number.Name);
                    break;
                case 6:
                    value = HashCode.Of(value, Current.Options.Text("level")?.Length ?? 7);
                    break;
                case 7:
                    value = HashCode.Of(value, (Current with { Attempt = 0 }).Options.All("more").Count);
                    break;
                case 8 or 13 or 21 or 22:
                    value = HashCode.Of(value, Current.Index ?? 11);
                    break;
                case 9:
                    value = HashCode.Of(value, Current.ForeachStack.Sum(static place => (place.Count * 5) + place.Index));
                    break;
                case 0:
                    value = HashCode.Of(value, Read(number));
                    break;
                case 1:
                    number.Value = value;
                    break;
                case 2:
                    number.Value = random.Next(3);
                    break;
                case 3:
                    value = HashCode.Of(value, _parameters[random.Next(_parameters.Length)].Value);
                    break;
                case 10 or 11:
                    // What is read next depends on what was read.
                    var other = _numbers[Math.Abs(Read(number)) % _numbers.Length];
                    value = HashCode.Of(value, Read(other)) % 4;
                    break;
                case 12 or 23:
                    value = HashCode.Of(value, (int)Current.Resources.Cpu);
                    break;
                default:
                    value = HashCode.Of(value, Read(number)) % 2;
                    break;
            }
        }

        return value;
    }

    /// <summary>Looks at what is no number of the flow's own.</summary>
    private int Look(int operation, Random random) => operation switch
    {
        14 or 15 => _configs[random.Next(_configs.Length)].Value.GetValueOrDefault("a", 5),
        16 => Current.Trigger is { } trigger ? HashCode.Of(string.Join(',', trigger.Pathspecs), 1) : 3,
        17 => HashCode.Of(Variables.GetValueOrDefault("LEVEL", ""), 2),
        18 => Current.Parallel is { } place ? (place.NodeCount * 7) + place.NodeIndex : 13,
        19 => Current.ParameterNames.Count + (Current.ParameterNames.Contains(_more.Name) ? Read(_more) : 0),
        _ => HashCode.Of(_file.Value, 4),
    };

    private int ReadInputs(StepInvocation invocation, Random random, int value)
    {
        var inputs = invocation.Inputs<GeneratedFlow>();
        if (random.Next(2) == 0)
        {
            try
            {
                MergeArtifacts(inputs, exclude: random.Next(2) == 0 ? ["a", "items"] : null);
            }
            catch (Errors.StepFailedException)
            {
                value = HashCode.Of(value, 77);
            }
        }

        for (var reads = random.Next(0, 3); reads > 0 && inputs.Count > 0; reads--)
        {
            var input = inputs[random.Next(inputs.Count)];
            value = HashCode.Of(value, input.Read(input._numbers[random.Next(_numbers.Length)]));
        }

        if (random.Next(3) == 0)
        {
            value = HashCode.Of(value, inputs.Count);
        }

        return value;
    }

    private int Read(ArtifactCell<int> cell)
    {
        try
        {
            return cell.Value;
        }
        catch (Errors.StepFailedException)
        {
            return -1;
        }
    }

    private Transition Move(StepNode node, int value)
    {
        if (node.Transitions is [{ IsParallel: true } gang])
        {
            _target = gang.Targets[0];
            return Next(Target, numParallel: 1 + (value % 3));
        }

        if (node.Transitions is [{ ForeachArtifact: not null } split])
        {
            _target = split.Targets[0];
            if (program.HasInputs && (split.ForeachArtifact == "sweep" || Math.Abs(HashCode.Of(node.Name, 0)) % 2 == 0))
            {
                return Next(Target, forEach: _sweep.Value);
            }

            List<int> items = [.. Enumerable.Range(0, value % 4).Select(i => ((i * 2) + value) % 3)];
            if (value % 3 == 0)
            {
                _items.Value = items;
            }

            return Next(Target, forEach: items);
        }

        return node.Transitions.Count > 1
            ? Transition.ToNames([.. node.Transitions[value % node.Transitions.Count].Targets])
            : Transition.ToNames([.. node.Transitions[0].Targets]);
    }

    private Transition Target(int item) => throw new InvalidOperationException($"never called, with {item}");

    /// <summary>Hashes that are the same in every process.</summary>
    private static class HashCode
    {
        public static int Of(string text, int number)
            => Of(text.Aggregate(17, static (hash, letter) => unchecked((hash * 31) + letter)), number);

        public static int Of(int one, int other)
        {
            var mixed = unchecked(((uint)one * 2654435761u) ^ ((uint)other * 40503u) ^ ((uint)one >> 7));
            return (int)(mixed % 1000);
        }
    }
}
