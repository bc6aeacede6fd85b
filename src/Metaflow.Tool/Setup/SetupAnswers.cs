using Metaflow.Commands;
using Metaflow.Errors;
using Metaflow.Storage;

namespace Metaflow.Tool.Setup;

/// <summary>The answers to the questions of a setup: from options, from the user, or from what is set already.</summary>
/// <param name="context">The command's context.</param>
/// <param name="current">What is set already, in the profile or the environment.</param>
/// <param name="asksNothing">Whether what no option says is taken from the profile, without a question.</param>
internal sealed class SetupAnswers(ToolContext context, IReadOnlyDictionary<string, string> current, bool asksNothing)
{
    private readonly Dictionary<string, string> _answers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _typed = new(StringComparer.Ordinal);
    private readonly List<string> _places = [];

    /// <summary>Gets the answers by setting.</summary>
    public IReadOnlyDictionary<string, string> All => _answers;

    /// <summary>Gets the answers that another source than the command line gave, by setting.</summary>
    public IReadOnlyDictionary<string, string> Given { get; init; } = new Dictionary<string, string>();

    /// <summary>Asks the questions that no option answers, and tries the places that answers name. After an answer that is not good, the
    /// user may type others.</summary>
    /// <param name="questions">The questions.</param>
    /// <param name="tryAsync">Tries a place.</param>
    /// <exception cref="MetaflowException">MF2085: a question has no answer. Others: a place is not good.</exception>
    public async Task AskAsync(IReadOnlyList<SetupQuestion> questions, Func<string, Task> tryAsync)
    {
        MetaflowException? last = null;
        for (var next = 0; next < questions.Count; next++)
        {
            var question = questions[next];
            if (Answer(question) is not { } typed)
            {
                throw last ?? Missing(question);
            }

            var answer = question.IsPlace ? typed.TrimEnd('/') : typed;
            if (answer.Length > 0)
            {
                _answers[question.Setting] = answer;
            }

            try
            {
                await TryAsync(question, answer, tryAsync).ConfigureAwait(false);
            }
            catch (ConfigurationException error) when (_typed.Count == 0 && OptionOf(error, questions) is { } option)
            {
                throw new ConfigurationException(
                    error.Code, $"The value of --{option} cannot be used.", $"{error.What} {error.Why}", $"Correct --{option}.", error)
                { ExitCode = ExitCodes.Usage };
            }
            catch (MetaflowException error) when (_typed.Count > 0)
            {
                // An earlier answer may be the cause.
                last = error;
                context.Streams.Error.WriteLine($"{error.Message} [{error.Code}]");
                _answers.Clear();
                next = -1;
            }
        }
    }

    // The error names the setting, which the user did not write.
    private string? OptionOf(ConfigurationException error, IReadOnlyList<SetupQuestion> questions)
        => error.Code != ErrorCodes.InvalidSetting ? null
            : questions.FirstOrDefault(question => context.Line.Text(question.Option) is not null
                && error.What.Contains(question.Setting, StringComparison.Ordinal))?.Option;

    private async Task TryAsync(SetupQuestion question, string answer, Func<string, Task> tryAsync)
    {
        // What is below a good place is good.
        if (question.IsPlace && !_places.Exists(place => answer.StartsWith($"{place}/", StringComparison.Ordinal)))
        {
            await tryAsync(answer).ConfigureAwait(false);
            _places.Add(answer);
        }
    }

    /// <summary>Returns the answer to a question; <see langword="null"/> where the input has ended, and the empty text for
    /// none.</summary>
    private string? Answer(SetupQuestion question)
    {
        if ((context.Line.Text(question.Option) ?? Given.GetValueOrDefault(question.Setting)) is { } given)
        {
            return given;
        }

        var otherwise = _typed.GetValueOrDefault(question.Setting) ?? CurrentOf(question) ?? question.Otherwise(_answers);
        var mayBeNone = question.IsRare || question.OtherVariables.Any(name => current.GetValueOrDefault(name) is { Length: > 0 });
        if (asksNothing || mayBeNone || IsForeign(question))
        {
            return otherwise ?? (mayBeNone ? "" : null);
        }

        while (true)
        {
            Write(question, otherwise);
            if (context.Streams.ReadLine()?.Trim() is not { } line)
            {
                context.Streams.Error.WriteLine();
                return null;
            }

            if ((line.Length > 0 ? line : otherwise) is { } answer && (question.Choices.Count == 0 || question.Choices.Contains(answer)))
            {
                return _typed[question.Setting] = answer;
            }

            context.Streams.Error.WriteLine(
                question.Choices.Count > 0 ? $"Type {string.Join(" or ", question.Choices)}." : "An answer is needed.");
        }
    }

    // What followed from an answer follows from the new one.
    private string? CurrentOf(SetupQuestion question)
        => current.GetValueOrDefault(question.Setting) is { Length: > 0 } value && value != question.Otherwise(current) ? value : null;

    /// <summary>Returns true if the profile has an answer that only Python Metaflow has: it is kept.</summary>
    private bool IsForeign(SetupQuestion question)
        => question.Choices.Count > 0 && current.GetValueOrDefault(question.Setting) is { } value && !question.Choices.Contains(value);

    private void Write(SetupQuestion question, string? otherwise) => context.Streams.Error.Write(
        otherwise is not null ? $"{question.Text} [{ShownAddress.Of(otherwise)}]: "
            : question.Example.Length > 0 ? $"{question.Text}, such as {question.Example}: "
            : $"{question.Text}: ");

    private ConfigurationException Missing(SetupQuestion question) => new(
        ErrorCodes.SetupAnswerMissing,
        $"The profile was not changed, because a question has no answer: {question.Text}.",
        asksNothing ? "Nothing is asked with '--yes' or '--stack', and the profile has no answer." : "The input has ended.",
        $"Add --{question.Option} {question.ValueName.ToUpperInvariant()}{ExampleOf(question)}.")
    { ExitCode = ExitCodes.Usage };

    private static string ExampleOf(SetupQuestion question) => question.Example.Length == 0 ? "" : $", such as {question.Example}";
}
