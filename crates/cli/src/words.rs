//! What the program itself says, in both languages. What the office says comes
//! as it is, and ids are never translated.

use terrace_catalog::Lang;

/// A text in both languages.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Said {
    zh: &'static str,
    en: &'static str,
}

impl Said {
    const fn new(zh: &'static str, en: &'static str) -> Self {
        Self { zh, en }
    }

    /// The text in one language.
    pub(crate) const fn get(self, lang: Lang) -> &'static str {
        match lang {
            Lang::Zh => self.zh,
            Lang::En => self.en,
        }
    }
}

/// Declares texts.
macro_rules! said {
    ($($name:ident = $zh:literal, $en:literal;)*) => {
        $(pub(crate) const $name: Said = Said::new($zh, $en);)*
    };
}

// Messages.
said! {
    TODO = "怎么办", "what to do";
    WENT_AWAY = "守护进程没有答完就停了，不知道这件事是否办成",
        "the daemon went away before it answered, whether it was done is not known";
    NO_FOLDER = "没有指明单位的文件夹", "no office's folder is given";
    GIVE_FOLDER = "加上 --data DIR，或设置 TERRACE_DATA", "add --data DIR, or set TERRACE_DATA";
    NOTHING = "没有符合的内容", "there is none";
    NO_CSV = "这里没有表格行可写成 csv", "there are no rows here to write as csv";
    OTHER_FORMAT = "用 --format table 或 json", "use --format table or json";
    FORMAT_LATER = "这种格式以后的版本才有", "this format comes in a later version";
    FORMAT_NOW = "用 --format table、json 或 csv", "use --format table, json or csv";
    NOT_A_SPAN = "--from 与 --to 须是同样长短的期间，且先后有序",
        "--from and --to must be periods of one length, in order";
    WARNING = "注意", "warning";
    NOT_UTF8 = "文件不是 UTF-8 文本", "the file is not UTF-8 text";
    BAD_OFFICES = "单位表有错误，没有发出邀请", "the sheet of offices has faults, nobody was invited";
    NEXT = "下一步", "next";
    CONSOLE_LATER = "控制台以后的版本才有", "the console comes in a later version";
    STAYS_GOOD = "邀请仍然有效：等上级可以连接后再次加入，或用 --parent HOST:PORT 指明上级的地址",
        "the invitation stays good: join again when the parent can be reached, \
         or say with --parent HOST:PORT where it is";
    UNREACHABLE_AND_LATE = "按本机时钟邀请已过期：核对时钟，或请上级重新邀请",
        "by this machine's clock the invitation has expired: check the clock, \
         or ask the parent for another one";
    OTHER_DAY = "按上级的时钟，本机刚做的证书今天无效",
        "by the clock of the office above, the certificate that this machine has just made is \
         not valid today";
    SET_CLOCK = "核对两台机器的时钟，再用同一邀请加入",
        "compare the clocks of both machines, and join again with the same invitation";
    INVITATION_NOT_UTF8 = "标准输入中的邀请不是 UTF-8 文本",
        "the invitation on standard input is not UTF-8 text";
    SAVE_AS_UTF8 = "把文件另存为 UTF-8，或直接粘贴邀请",
        "save the file as UTF-8, or paste the word itself";
    TOO_LONG = "太长，最多 4096 字节", "too long, a value has at most 4096 bytes";
    NO_SUCH_FIELD = "没有这样长的字段名", "no field has so long a name";
    GOES_ON = "继续上次未完成的加入，沿用当时生成的密钥",
        "going on with the join that was begun here, with the keys it made";
    OTHER_PARENT = "核对地址；若上级已更换密钥，请上级重新邀请",
        "check the address; if the parent has other keys, ask it for another invitation";
    SPAN_LIKE = "例如 --from 2024Q1 --to 2024Q4", "as in --from 2024Q1 --to 2024Q4";
}

// Headings of tables.
said! {
    CODE = "代码", "code";
    NAME = "名称", "name";
    LEVEL = "层级", "level";
    PARENT = "上级", "parent";
    STATE = "状态", "state";
    SINCE = "自", "since";
    BEHIND = "未确认", "behind";
    BEHIND_BYTES = "未确认字节", "bytes behind";
    LAST_HEARD = "最近联系", "last heard";
    WHY = "原因", "why";
    WHAT_TO_DO = "处理办法", "what to do";
    REFUSED = "未生效", "refused";
    AS_OF = "截至", "as of";
    CLOCK_SKEW = "时钟偏差（毫秒）", "clock skew (ms)";
    CERTIFICATE_DAYS = "证书余期（天）", "certificate (days)";
    DISK_FREE = "磁盘余量（字节）", "disk free (bytes)";
    VERSION = "版本", "version";
    INDICATOR = "指标", "indicator";
    OFFICE = "单位", "office";
    PERIOD = "期间", "period";
    VALUE = "数值", "value";
    NUMERATOR = "分子", "numerator";
    DENOMINATOR = "分母", "denominator";
    UNIT = "计量单位", "unit";
    REPORTED = "已报", "reported";
    EXPECTED = "应报", "expected";
    PARTIAL = "部分", "partial";
    CARRIED = "沿用", "carried";
    MISSING = "缺报", "missing";
    SURPLUS = "应报之外", "surplus";
    OLDEST_INPUT = "最早数据", "oldest input";
    REVISION = "修订", "revision";
    FLAGS = "标记", "flags";
    ID = "编号", "id";
    TYPE = "类型", "type";
    ORIGIN = "提出单位", "origin";
    TERMS = "内容", "terms";
    ACTS = "可办", "acts";
    AT = "时间", "at";
    ACTION = "办理", "action";
    REASON = "理由", "reason";
    NOTE = "说明", "note";
    ISSUER = "发文单位", "issuer";
    TITLE = "标题", "title";
    ISSUED = "发出", "issued";
    ACKNOWLEDGE_BY = "确认期限", "acknowledge by";
    DELIVERED = "送达", "delivered";
    READ = "阅读", "read";
    ACKNOWLEDGED = "确认", "acknowledged";
    FILE = "文件", "file";
}

// What the catalog's tables say.
said! {
    FIELD = "字段", "field";
    HOLDS = "填写", "holds";
    GIVEN = "要求", "given";
    LIST = "代码表", "list";
    LISTS = "代码表", "codes";
    INDICATORS = "指标", "indicators";
    BY = "可按", "by";
    REQUIRED = "必填", "required";
    STAYS_HERE = "不外传", "never leaves the office";
    A_YEAR = "年份", "year";
    A_DAY = "日期，YYYY-MM-DD", "day, YYYY-MM-DD";
    A_COUNT = "整数", "whole number";
    AN_AMOUNT = "金额，万元", "amount in 万元";
}

// Codes that the program itself knows.
said! {
    PROVINCE = "省", "province";
    PREFECTURE = "地级", "prefecture";
    COUNTY = "县级", "county";
    TOWNSHIP = "乡级", "township";
    VILLAGE = "村级", "village";
    LIVE = "在线", "live";
    FALLEN_BEHIND = "滞后", "behind";
    SILENT = "失联", "silent";
    DIVERGED = "分叉", "diverged";
    NEVER_JOINED = "未加入", "never joined";
    CLOSED = "已关闭", "closed";
}
