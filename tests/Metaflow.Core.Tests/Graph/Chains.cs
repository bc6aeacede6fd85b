using System.Globalization;
using System.Text;

namespace Metaflow.Core.Tests.Graph;

/// <summary>Long graphs, on which anything that repeats work for each path takes for ever.</summary>
internal static class Chains
{
    public static string Diamonds(int count)
    {
        var text = new StringBuilder("start -> s0\n");
        for (var i = 0; i < count; i++)
        {
            var next = i + 1 < count ? $"s{i + 1}" : "end";
            text.Append(CultureInfo.InvariantCulture, $"s{i} -> a{i}, b{i}\na{i} -> j{i}\nb{i} -> j{i}\nj{i}< -> {next}\n");
        }

        return text.Append("end").ToString().Replace("start -> s0\ns0 ->", "start ->", StringComparison.Ordinal);
    }

    public static string Switches(int count)
    {
        var text = new StringBuilder();
        for (var i = 0; i < count; i++)
        {
            var name = i == 0 ? "start" : $"s{i}";
            var next = i + 1 < count ? $"s{i + 1}" : "end";
            text.Append(CultureInfo.InvariantCulture, $"{name} -> a{i} | b{i}\na{i} -> {next}\nb{i} -> {next}\n");
        }

        return text.Append("end").ToString();
    }
}
