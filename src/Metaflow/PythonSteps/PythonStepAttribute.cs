using System.Security.Cryptography;
using Metaflow.Decorators;
using Metaflow.PythonSteps;

namespace Metaflow;

/// <summary>Runs a Python file as the work of a step, with the Python of the step's environment, before the step's method. The method
/// then chooses what follows.</summary>
/// <remarks>
/// <para>The file finds the artifacts of <see cref="Inputs"/> as variables of their names on disk. It sets the variables of
/// <see cref="Outputs"/>, which become artifacts of the task. <c>from metaflow_step import inputs, outputs, current</c> gives the same as
/// objects, and the ids of the task.</para>
/// <para>What the file prints is output of the task. An exception is the failure of the task, with Python's traceback. The content of
/// the file is code of the step: if it changes, <c>resume --rerun-changed</c> and <c>run --cache</c> run the step again.</para>
/// </remarks>
/// <example><c>[Step, PyPI("scikit-learn==1.3.2"), PythonStep("train.py", Inputs = ["alpha"], Outputs = ["score"])]</c></example>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PythonStepAttribute : DecoratorAttribute, IAroundStepHook
{
    /// <summary>Initializes a decorator without a file.</summary>
    public PythonStepAttribute()
        : this("")
    {
    }

    /// <summary>Initializes a decorator.</summary>
    /// <param name="script">The path of the Python file, relative to the working folder of the run, or to the folder of the
    /// program.</param>
    public PythonStepAttribute(string script) => Script = script;

    /// <summary>Gets or sets the path of the Python file.</summary>
    public string Script { get; set; }

    /// <summary>Gets or sets the artifacts that the file reads: names of properties, or names on disk. None by default.</summary>
    public string[] Inputs { get; set; } = [];

    /// <summary>Gets or sets the artifacts that the file sets: names of properties, or names on disk. One that the flow does not declare
    /// is stored too. None by default.</summary>
    public string[] Outputs { get; set; } = [];

    /// <inheritdoc/>
    public override string DecoratorName => "python_step";

    /// <inheritdoc/>
    public override IReadOnlyList<KeyValuePair<string, object?>> ToData() =>
    [
        new("script", Script), new("inputs", Inputs.ToList()), new("outputs", Outputs.ToList()), new("code", CodeOf(Script)),
    ];

    /// <inheritdoc/>
    public async ValueTask<Transition?> AroundStepAsync(StepHookContext context, Func<ValueTask<Transition?>> step)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(step);
        await new PythonStepRun(context, this).RunAsync().ConfigureAwait(false);
        return await step().ConfigureAwait(false);
    }

    // The content of the file is code of the step.
    private static string? CodeOf(string script)
        => ScriptFiles.TryFind(script) is { } file ? Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file))) : null;
}
