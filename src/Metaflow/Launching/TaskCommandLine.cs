using System.Globalization;
using Metaflow.Errors;
using Metaflow.Joins;
using Metaflow.Storage;

namespace Metaflow.Launching;

/// <summary>The arguments of a task's process. Parsed by hand: an option parser would cost a task more time than its work.</summary>
internal sealed record TaskCommandLine
{
    /// <summary>The first argument, by which a program knows that it is to run a task.</summary>
    public const string Verb = "step";

    /// <summary>The option that a launcher adds for a task with secrets.</summary>
    public const string SecretChannelOption = "--secret-channel";

    /// <summary>The option that a launcher adds which takes reports of progress.</summary>
    public const string ProgressChannelOption = "--progress-channel";

    /// <summary>Gets the step's name on disk.</summary>
    public required string Step { get; init; }

    /// <summary>Gets the run's id.</summary>
    public required string RunId { get; init; }

    /// <summary>Gets the task's id.</summary>
    public required string TaskId { get; init; }

    /// <summary>Gets the inputs as <c>run/step/task</c>.</summary>
    public required IReadOnlyList<string> InputPaths { get; init; }

    /// <summary>Gets where the datastore is.</summary>
    public required StoreAddress Datastore { get; init; }

    /// <summary>Gets the type of the metadata provider.</summary>
    public string MetadataType { get; init; } = StoreAddress.LocalType;

    /// <summary>Gets the index in the foreach that the input yields, or <see langword="null"/>.</summary>
    public int? SplitIndex { get; init; }

    /// <summary>Gets where the item of the innermost foreach is, for a step that takes it and does not follow the split directly.</summary>
    public ItemAddress? Item { get; init; }

    /// <summary>Gets how many tasks the task's gang has, or <see langword="null"/> outside of a gang.</summary>
    public int? NumParallel { get; init; }

    /// <summary>Gets the id of the gang's first task; empty outside of a gang.</summary>
    public string ControlTaskId { get; init; } = "";

    /// <summary>Gets the address of the machine that the gang's first task runs on.</summary>
    public string MainIp { get; init; } = GangVariables.Local;

    /// <summary>Gets what the task joins.</summary>
    public JoinKind Join { get; init; }

    /// <summary>Gets a value indicating whether the step is a switch, which stores its choice.</summary>
    public bool IsSwitch { get; init; }

    /// <summary>Gets the steps that follow when the task's failure is caught; empty for a step without <c>[Catch]</c>.</summary>
    public IReadOnlyList<string> NextWhenCaught { get; init; } = [];

    /// <summary>Gets the passes of the loops around the task.</summary>
    public IReadOnlyList<int> Iterations { get; init; } = [];

    /// <summary>Gets the attempt, from 0.</summary>
    public int Attempt { get; init; }

    /// <summary>Gets how many retries run the author's code.</summary>
    public int MaxUserCodeRetries { get; init; }

    /// <summary>Gets the namespace.</summary>
    public string Namespace { get; init; } = "";

    /// <summary>Gets the run that the task's run resumes, or <see langword="null"/>.</summary>
    public string? OriginRunId { get; init; }

    /// <summary>Gets the datastore that values are read from which this one lacks, or <see langword="null"/>: that of a spin's earlier
    /// run.</summary>
    public StoreAddress? Origin { get; init; }

    /// <summary>Gets what tells the build of the flow's assembly that the scheduler runs from others, or <see langword="null"/> when any
    /// will do.</summary>
    public string? Build { get; init; }

    /// <summary>Gets the names of the only decorators in force; <see langword="null"/> for all.</summary>
    public IReadOnlyList<string>? OnlyDecorators { get; init; }

    /// <summary>Gets the decorators given at run time, as <c>name:attribute=value</c>.</summary>
    public IReadOnlyList<string> With { get; init; } = [];

    /// <summary>Gets what references of decorators' texts to configurations are filled with, as <c>reference=text</c>.</summary>
    public IReadOnlyList<string> ConfigTexts { get; init; } = [];

    /// <summary>Gets the address that the task announces its secrets to (<see cref="Secrets.SecretChannel"/>), or <see langword="null"/>
    /// for a step without any.</summary>
    public string? SecretChannel { get; init; }

    /// <summary>Gets the address that the task reports its progress to (<see cref="ProgressSender"/>), or <see langword="null"/> where
    /// nobody takes reports.</summary>
    public string? ProgressChannel { get; init; }

    /// <summary>Gets the values of the options that decorators of the flow add, as <c>name=value</c>.</summary>
    public IReadOnlyList<string> FlowOptions { get; init; } = [];

    /// <summary>Gets what the task is likely to read, so that it begins to load that at once; by default nothing.</summary>
    public ExpectedReads Expected { get; init; } = ExpectedReads.None;

    /// <summary>Writes the arguments.</summary>
    /// <returns>The arguments, the verb first.</returns>
    public IReadOnlyList<string> ToArguments()
    {
        List<string> arguments =
        [
            Verb, Step,
            "--run-id", RunId,
            "--task-id", TaskId,
            "--input-paths", InputPathsText.Format(InputPaths),
            "--datastore", Datastore.ToString(),
            "--retry-count", Attempt.ToString(CultureInfo.InvariantCulture),
            "--max-user-code-retries", MaxUserCodeRetries.ToString(CultureInfo.InvariantCulture),
            "--namespace", Namespace,
            "--join", NameOf(Join),
        ];
        AddPlace(arguments);
        AddOrders(arguments);
        return arguments;
    }

    /// <summary>Reads the arguments.</summary>
    /// <param name="arguments">The arguments, the verb first.</param>
    /// <returns>What they say.</returns>
    /// <exception cref="ConfigurationException">They are not those of a task (MF2090).</exception>
    public static TaskCommandLine FromArguments(IReadOnlyList<string> arguments)
    {
        if (arguments.Count < 2 || arguments.Count % 2 != 0)
        {
            throw Malformed("an option without its value");
        }

        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        var lists = new Dictionary<string, List<string>>(StringComparer.Ordinal)
        {
            ["--with"] = [],
            ["--config-text"] = [],
            ["--flow-option"] = [],
        };
        for (var i = 2; i < arguments.Count; i += 2)
        {
            if (lists.TryGetValue(arguments[i], out var list))
            {
                list.Add(arguments[i + 1]);
            }
            else
            {
                values[arguments[i]] = arguments[i + 1];
            }
        }

        return new TaskCommandLine
        {
            Step = arguments[1],
            RunId = Required(values, "--run-id"),
            TaskId = Required(values, "--task-id"),
            InputPaths = InputPathsText.Parse(Required(values, "--input-paths")),
            Datastore = AddressOf(Required(values, "--datastore")),
            MetadataType = values.GetValueOrDefault("--metadata", StoreAddress.LocalType),
            Attempt = Number(Required(values, "--retry-count")),
            MaxUserCodeRetries = Number(Required(values, "--max-user-code-retries")),
            Namespace = Required(values, "--namespace"),
            Join = JoinNamed(Required(values, "--join")),
            SplitIndex = values.TryGetValue("--split-index", out var index) ? Number(index) : null,
            Item = values.TryGetValue("--item", out var item)
                ? ItemAddress.Parse(item) ?? throw Malformed($"'{item}' in place of an item")
                : null,
            NumParallel = values.TryGetValue("--num-parallel", out var size) ? Number(size) : null,
            ControlTaskId = values.GetValueOrDefault("--control-task-id", ""),
            MainIp = values.GetValueOrDefault("--main-ip", GangVariables.Local),
            Iterations = values.TryGetValue("--iterations", out var passes) ? Array.ConvertAll(passes.Split(','), Number) : [],
            IsSwitch = values.ContainsKey("--switch"),
            NextWhenCaught = values.TryGetValue("--next-when-caught", out var next) ? next.Split(',') : [],
            OriginRunId = values.GetValueOrDefault("--origin-run-id"),
            Build = values.GetValueOrDefault("--build"),
            Origin = values.TryGetValue("--origin", out var origin) ? AddressOf(origin) : null,
            OnlyDecorators = values.TryGetValue("--only-decorators", out var only) ? only.Split(',') : null,
            With = lists["--with"],
            ConfigTexts = lists["--config-text"],
            FlowOptions = lists["--flow-option"],
            SecretChannel = values.GetValueOrDefault(SecretChannelOption),
            ProgressChannel = values.GetValueOrDefault(ProgressChannelOption),
            Expected = ExpectedIn(values),
        };
    }

    private static ExpectedReads ExpectedIn(Dictionary<string, string> values)
    {
        var own = values.GetValueOrDefault("--expected-reads");
        var inputs = values.GetValueOrDefault("--expected-input-reads");
        return own is null && inputs is null ? ExpectedReads.None : new ExpectedReads(own?.Split(',') ?? [], inputs?.Split(',') ?? []);
    }

    private static void Add(List<string> arguments, string option, string? value)
    {
        if (value is not null)
        {
            arguments.Add(option);
            arguments.Add(value);
        }
    }

    private static void AddAll(List<string> arguments, string option, IReadOnlyList<string> values)
    {
        foreach (var value in values)
        {
            Add(arguments, option, value);
        }
    }

    private static string? TextOf(int? number) => number?.ToString(CultureInfo.InvariantCulture);

    // Where the task is in the run: its split, its item, its gang, its passes.
    private void AddPlace(List<string> arguments)
    {
        Add(arguments, "--split-index", TextOf(SplitIndex));
        Add(arguments, "--item", Item?.ToString());
        if (NumParallel is { } size)
        {
            arguments.AddRange(["--num-parallel", TextOf(size)!, "--control-task-id", ControlTaskId, "--main-ip", MainIp]);
        }

        Add(arguments, "--iterations", Iterations.Count > 0 ? string.Join(',', Iterations) : null);
    }

    // What the task is to do besides the author's code.
    private void AddOrders(List<string> arguments)
    {
        Add(arguments, "--switch", IsSwitch ? "true" : null);
        Add(arguments, "--next-when-caught", NextWhenCaught.Count > 0 ? string.Join(',', NextWhenCaught) : null);
        Add(arguments, SecretChannelOption, SecretChannel);
        Add(arguments, ProgressChannelOption, ProgressChannel);
        Add(arguments, "--origin-run-id", OriginRunId);
        Add(arguments, "--build", Build);
        Add(arguments, "--origin", Origin?.ToString());
        Add(arguments, "--metadata", MetadataType == StoreAddress.LocalType ? null : MetadataType);
        Add(arguments, "--only-decorators", OnlyDecorators is null ? null : string.Join(',', OnlyDecorators));
        Add(arguments, "--expected-reads", Expected.Own.Count > 0 ? string.Join(',', Expected.Own) : null);
        Add(arguments, "--expected-input-reads", Expected.Inputs.Count > 0 ? string.Join(',', Expected.Inputs) : null);
        AddAll(arguments, "--with", With);
        AddAll(arguments, "--config-text", ConfigTexts);
        AddAll(arguments, "--flow-option", FlowOptions);
    }

    private static string NameOf(JoinKind join) => join switch
    {
        JoinKind.Branch => "branch",
        JoinKind.Foreach => "foreach",
        JoinKind.EmptyForeach => "empty-foreach",
        _ => "none",
    };

    private static JoinKind JoinNamed(string name) => name switch
    {
        "none" => JoinKind.None,
        "branch" => JoinKind.Branch,
        "foreach" => JoinKind.Foreach,
        "empty-foreach" => JoinKind.EmptyForeach,
        _ => throw Malformed($"'{name}' in place of a kind of join"),
    };

    private static StoreAddress AddressOf(string text)
        => StoreAddress.TryParse(text, out var address) ? address : throw Malformed($"'{text}' in place of a datastore");

    private static string Required(Dictionary<string, string> values, string option)
        => values.TryGetValue(option, out var value) ? value : throw Malformed($"no {option}");

    private static int Number(string text)
        => int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw Malformed($"'{text}' in place of a number");

    private static ConfigurationException Malformed(string found) => new(
        ErrorCodes.TaskCommandLineMalformed,
        "The arguments of the command 'step' are wrong.",
        $"There is {found}.",
        "Only the scheduler calls this command. Use 'run' to run a flow.")
    {
        ExitCode = ExitCodes.Usage,
    };
}
