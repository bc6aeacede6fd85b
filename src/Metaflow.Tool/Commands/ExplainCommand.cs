using Metaflow.Cli.Commands;
using Metaflow.Commands;
using Metaflow.Errors;
using Metaflow.Tool.Explanations;

namespace Metaflow.Tool.Commands;

/// <summary>Prints what a code of an error or of a compiler's message means, and how to fix it, without a network.</summary>
internal sealed class ExplainCommand : Command<ToolContext>
{
    /// <inheritdoc/>
    public override CommandSpecification Specification => new()
    {
        Summary = "Print what an error code means and how to fix it.",
        Details = "Errors and compiler messages of Metaflow end with a code, such as MF1004. Without CODE, all codes are listed.",
        Arguments = ["CODE"],
        Options = [JsonOutput.Option],
        Examples = ["explain MF1004", "explain"],
    };

    /// <inheritdoc/>
    public override Task<int> ExecuteAsync(ToolContext context)
    {
        if (context.Line.Arguments is [var typed, ..])
        {
            Explain(context, ErrorPages.Find(typed));
        }
        else
        {
            List(context);
        }

        return Task.FromResult(ExitCodes.Success);
    }

    private static void Explain(ToolContext context, string code)
    {
        if (JsonOutput.IsWanted(context))
        {
            JsonOutput.Write(context, new Dictionary<string, object?>
            {
                ["code"] = code,
                ["title"] = ErrorPages.TitleOf(code),
                ["page"] = ErrorPages.Markdown(code),
            });
            return;
        }

        context.Streams.Out.Write(ErrorPages.Text(code));
    }

    private static void List(ToolContext context)
    {
        var codes = ErrorPages.Codes;
        if (JsonOutput.IsWanted(context))
        {
            JsonOutput.Write(context, codes.Select(static code => new Dictionary<string, object?>
            {
                ["code"] = code,
                ["title"] = ErrorPages.TitleOf(code),
            }).ToArray());
            return;
        }

        foreach (var code in codes)
        {
            context.Streams.Out.WriteLine($"{code}  {ErrorPages.TitleOf(code)}");
        }
    }
}
