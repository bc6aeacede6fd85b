using Metaflow;
using Metaflow.Decorators;

namespace Metaflow.Scenarios.Flows;

/// <summary>How a model is trained.</summary>
public sealed record TrainingConfig(string Name, double LearningRate, IReadOnlyList<int> Sizes, int Retries = 2, object? Note = null);

/// <summary>Prints a text before the step.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LabelAttribute : DecoratorAttribute, IBeforeStepHook
{
    public string Text { get; set; } = "";

    public ValueTask BeforeStepAsync(StepHookContext context)
    {
        Console.WriteLine($"label {Text}");
        return default;
    }
}

/// <summary>Reads configurations in steps, defaults, a foreach and decorators.</summary>
public partial class ConfigFlow : FlowSpec
{
    /// <summary>How to train.</summary>
    [Config(DefaultValue = """{"name": "small", "learning_rate": 0.5, "sizes": [1, 2], "note": "free"}""")]
    public partial TrainingConfig Training { get; }

    [Config]
    public partial IReadOnlyDictionary<string, object?>? Extra { get; }

    [Parameter(DefaultFrom = nameof(NameOfTraining))]
    public partial string Title { get; }

    public partial int Size { get; set; }

    public partial List<int> Squares { get; set; }

    public partial string Seen { get; set; }

    [Step, Label(Text = "${training.name} ${training.note} ${training.retries} ${HOME}")]
    Transition Start() => Next(Work, forEach: Training.Sizes);

    [Step]
    Transition Work(int size)
    {
        Size = size * size;
        return Next(Join);
    }

    [Step]
    Transition Join(Inputs<ConfigFlow> inputs)
    {
        Squares = [.. inputs.Select(static input => input.Size)];
        return Next(End);
    }

    [Step, EnvironmentVariables("TRAINING_NAME", "${training.name}")]
    void End()
    {
        Seen = $"{Title}: {Training.Name} at {Training.LearningRate} with {Training.Retries}, {Extra?.Count ?? -1} more";
        Console.WriteLine($"variable {Environment.GetEnvironmentVariable("TRAINING_NAME")}");
    }

    string NameOfTraining() => Training.Name.ToUpperInvariant();
}
