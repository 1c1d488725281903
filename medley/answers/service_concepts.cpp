#include "medley/answers/service_concepts.h"

#include <array>
#include <span>

namespace medley::answers {
namespace {

constexpr std::array kConcepts = {
    ServiceConcept{"#return",
                   "return;returnable;send back;send it back;send something back;bring back;bring "
                   "it back;take back;give back;ship back;send them "
                   "back;退货;退换;退换货;退回;寄回;退掉;退;send a parcel back;send the parcel "
                   "back;send my order back;send an item back;send this back;send a package "
                   "back;send goods back;send the item back;changed my mind;change my mind"},
    ServiceConcept{"#refund",
                   "refund;refundable;money back;my "
                   "money;reimburse;reimbursement;退款;退钱;退费;返款;钱退;退还;到账"},
    ServiceConcept{
        "#exchange",
        "exchange;swap;replace;replacement;another size;different size;other size;换货;更换;"
        "调换;换;退换;退换货;换码"},
    ServiceConcept{
        "#ship",
        "ship;shipping;shipment;deliver;delivery;dispatch;courier;send;sent;post;postage;mail;"
        "arrive;arrival;get "
        "here;transit;发货;配送;送货;运送;寄送;派送;快递;物流;邮寄;寄;送达;送到;到货;到达;发出;"
        "运费;邮费;包邮;运输;多久到;几天到;能收到;会收到;几天收到;多久收到;能到"},
    ServiceConcept{
        "#cost",
        "cost;costs;price;charge;fee;fees;how much;expensive;pay for;postage;费用;多少钱;"
        "价格;收费;运费;邮费;费;手续费;多少费用;要钱;花钱"},
    ServiceConcept{
        "#free",
        "free;free of charge;no charge;without charge;at no cost;for nothing;免费;包邮;免;"
        "不收费;免运费;不花钱"},
    ServiceConcept{"#pay", "pay;payment;paid;pay with;支付;付款;付钱;结账;付;结算"},
    ServiceConcept{"#card", "credit card;debit card;visa;mastercard;amex;信用卡;银行卡;借记卡"},
    ServiceConcept{"#instalment",
                   "instalment;installment;instalments;installments;pay later;pay monthly;monthly "
                   "payments;in parts;分期;分期付款;花呗"},
    ServiceConcept{"#cancel",
                   "cancel;cancellation;call off;withdraw;取消;撤销;撤单;不想要;stop the "
                   "order;stop my order;stop it;changed my mind;change my mind"},
    ServiceConcept{"#change",
                   "change;modify;amend;edit;alter;update;修改;更改;变更;改;改动;改地址;改一下"},
    ServiceConcept{"#order",
                   "order;purchase;buy;bought;checkout;check out;where is order;where is the "
                   "order;订单在哪;订单;下单;购买;买;订购;订;购;ordered;orders"},
    ServiceConcept{"#parcel",
                   "parcel;package;where is the parcel;包裹在哪;快递在哪;包裹;快件;快递"},
    ServiceConcept{"#track",
                   "track;tracking;trace;status;where is my;where's my;where are my;where is "
                   "order;where is the order;"
                   "where is the parcel;where is "
                   "it;follow;progress;订单在哪;包裹在哪;快递在哪;东西在哪;跟踪;追踪;"
                   "查询;物流信息;到哪;到哪里;到哪儿;到了哪里;到哪了;进度;状态;查;走到哪"},
    ServiceConcept{
        "#hours",
        "opening hours;your hours;open;opening times;business hours;what time;close;closed;closing "
        "time;营业;营业时间;开门;关门;几点;上班;下班;工作时间;服务时间;接听;有人接"},
    ServiceConcept{"#contact",
                   "contact;call;phone;telephone;reach you;reach;get in touch;talk to;speak "
                   "to;speak with;hotline;customer service;customer "
                   "support;联系;电话;热线;客服;咨询;人工;phone number;telephone number"},
    ServiceConcept{
        "#store",
        "shop;shops;store;stores;branch;outlet;showroom;physical store;门店;店铺;实体店;店;商店;"
        "线下"},
    ServiceConcept{"#address", "address;地址;住址"},
    ServiceConcept{"#abroad",
                   "abroad;overseas;international;internationally;other countries;another country;"
                   "foreign;worldwide;country;countries;国外;海外;国际;境外;国家;出国;外国"},
    ServiceConcept{"#warranty",
                   "warranty;warranties;guarantee;guaranteed;保修;质保;保固;三包;保修期;质保期"},
    ServiceConcept{"#repair", "repair;repairs;fix;fixed;mend;维修;修理;修;返修"},
    ServiceConcept{
        "#damaged",
        "damage;damaged;broken;defective;faulty;fault;defect;crack;cracked;not work;"
        "doesn't work;does not work;stopped working;stops working;broke;breaks;损坏;破损;坏;"
        "坏了;瑕疵;质量问题;故障;缺陷;碎;碎了;破"},
    ServiceConcept{
        "#lost",
        "lost;missing;never arrived;never came;not "
        "arrived;丢失;丢件;遗失;没收到;没有收到;丢了;丢;late;delayed;delay;overdue;晚了;延误;迟"},
    ServiceConcept{"#wrong",
                   "wrong;incorrect;mistake;not what i ordered;错;发错;不对;错误;弄错;did not "
                   "order;didn't order;by mistake"},
    ServiceConcept{"#invoice",
                   "invoice;receipt;bill;proof of purchase;发票;收据;小票;凭证;购物凭证;开票;专票"},
    ServiceConcept{"#discount",
                   "discount;coupon;voucher;promo;promotion;promo code;discount "
                   "code;deal;reduction;折扣;优惠;优惠券;促销;打折;优惠码;代金券;reduced;gift "
                   "voucher;gift vouchers"},
    ServiceConcept{
        "#giftcard",
        "gift card;gift cards;gift certificate;礼品卡;购物卡;gift voucher;gift vouchers"},
    ServiceConcept{"#wrap",
                   "gift wrap;gift wrapping;wrap;wrapped;gift box;礼品包装;礼盒;包起来;as a "
                   "present;as a gift;present;gift"},
    ServiceConcept{"#member",
                   "member;membership;loyalty;points;reward;rewards;loyalty programme;loyalty "
                   "program;club;会员;积分;等级"},
    ServiceConcept{"#account",
                   "account;login;log in;sign in;register;sign up;账号;账户;登录;注册;帐号;帐户"},
    ServiceConcept{"#password", "password;passcode;密码"},
    ServiceConcept{"#delete", "delete;remove;erase;close my account;删除;注销;清除;删掉"},
    ServiceConcept{
        "#data", "data;privacy;private;personal data;personal information;个人信息;隐私;数据;资料"},
    ServiceConcept{"#size", "size;sizes;sizing;fit;尺码;尺寸;大小;码;号码"},
    ServiceConcept{"#stock",
                   "stock;in stock;available;availability;sold out;out of stock;back in stock;库存;"
                   "有货;缺货;补货;断货;现货"},
    ServiceConcept{
        "#pickup",
        "pick up;pickup;pick it up;collect;collection;click and collect;自提;自取;取货;上门取"},
    ServiceConcept{
        "#express",
        "express;fast;faster;quicker;urgent;urgently;next day;next-day;overnight;expedite;"
        "expedited;rush;加急;特快;次日达;次日;更快;急;快一点;尽快"},
    ServiceConcept{
        "#weekend",
        "weekend;weekends;saturday;sunday;holiday;holidays;周末;周六;周日;节假日;假日;星期六;"
        "星期天;星期日;假期"},
    ServiceConcept{
        "#packaging",
        "packaging;original box;original packaging;packing;tags;tag;label;包装;原包装;吊牌;标签"},
    ServiceConcept{"#opened",
                   "opened;unsealed;unwrapped;used;worn;拆封;拆开;用过;使用过;穿过;开封;打开过"},
    ServiceConcept{"#clearance", "clearance;final sale;on sale;sale items;清仓;特价;甩卖;reduced"},
    ServiceConcept{"#tax",
                   "tax;taxes;duty;duties;customs;vat;import charges;税;关税;海关;清关;税费"},
    ServiceConcept{"#minimum", "minimum;at least;least;最低;起送;满;起订;至少"},
    ServiceConcept{
        "#wholesale",
        "wholesale;bulk;large order;large quantities;business customer;batch;批发;团购;大量;"
        "大批"},
    ServiceConcept{"#complain", "complain;complaint;unhappy;dissatisfied;投诉;不满;差评;申诉"},
    ServiceConcept{"#match",
                   "price match;match the price;cheaper;cheaper elsewhere;lower price;price drop;"
                   "price drops;price protection;保价;差价;价格保护;降价;便宜"},
    ServiceConcept{
        "#newsletter",
        "newsletter;subscribe;unsubscribe;subscription;advertising mails;订阅;退订;推送;短信"},
    ServiceConcept{"#recycle", "recycle;recycling;old device;old appliance;回收;以旧换新;旧"},
    ServiceConcept{"#install", "install;installation;assemble;assembly;set up;安装;组装;装"},
    ServiceConcept{
        "#sign", "sign for;signature;at home;not home;not in;neighbour;neighbor;签收;不在家;代收"},
    ServiceConcept{"#cash", "cash;cash on delivery;现金;货到付款"},
    ServiceConcept{
        "?span",
        "how long;how many days;how many weeks;how many months;how many hours;how soon;"
        "when;how quickly;how fast;by when;deadline;多久;多长时间;几天;多少天;什么时候;何时;几个月;"
        "期限;时效;几日;多长;几个工作日;几小时"},
    ServiceConcept{"?how",
                   "how can;how do;how to;how could;how would;where can;where "
                   "do;怎么;如何;怎样;哪里可以;在哪里查"},
    ServiceConcept{"?money",
                   "how much;cost;fee;fees;price;charge;what does it cost;what do you "
                   "charge;多少钱;多少费用;费用;运费;价格;多少元;几块钱"},
    ServiceConcept{
        "=span",
        "day;days;week;weeks;month;months;hour;hours;minute;minutes;year;years;天;日;周;个月;"
        "小时;分钟;年;工作日;星期;o'clock;am;pm;点"},
    ServiceConcept{"=money",
                   "free;free of charge;dollar;dollars;euro;euros;pounds;$;€;£;¥;%;percent;元;块;"
                   "免费;包邮;免运费;人民币"},
    ServiceConcept{
        "=own", "my;where is my;where's my;where are my;mine;i ordered;i bought;我的;我;我买;我订"},
    ServiceConcept{
        "-",
        "a;an;the;i;me;you;your;yours;we;us;our;it;its;they;them;their;he;she;this;that;these;"
        "those;is;are;was;were;be;been;being;am;do;does;did;done;have;has;had;can;could;will;would;"
        "shall;should;may;might;must;what;which;who;whom;whose;where;why;how;if;then;than;so;and;"
        "or;but;not;no;yes;to;of;in;on;at;by;for;with;from;into;about;after;before;within;until;"
        "till;there;here;any;some;all;every;each;please;tell;know;want;like;need;get;got;go;going;"
        "let;make;made;say;thing;things;something;anything;item;items;product;products;thank;"
        "thanks;hello;hi;also;just;still;yet;ever;already;possible;allowed;able;happen;happens;"
        "take;takes;give;gives;use;using;up;out;off;back;as;when;because;while;one;ones;much;many;"
        "long;more;most;other;whether;don't;doesn't;didn't;isn't;can't;i'm;i've;i'd;what's;it's;"
        "way;wondering;question;offer;offers;accept;provide;provided;policy;policies;rule;rules;"
        "time;times;under;over;too;very;only;even;anyway;next;did;really;currently;ask;help;would "
        "like;请问;请;想;你们;我们;您;你;的;了;吗;呢;吧;啊;可以;能;能不能;可不可以;是否;有没有;有;"
        "是;不是;怎么;如何;怎样;怎么样;什么;哪些;哪里;哪儿;哪;多少;几;会;会不会;要;需要;应该;如果;"
        "的话;一下;这个;那个;这;那;它;在;和;跟;或者;还是;与;及;对;把;被;给;让;从;为;为什么;因为;"
        "所以;就;都;也;还;再;又;很;太;更;最;不;没;没有;们;里;上;下;中;后;前;时;候;时候;东西;商品;"
        "产品;物品;货;用;做;办;怎么办;怎么做;得;着;过;去;来;说;看;知道;告诉;麻烦;您好;你好;谢谢;多;"
        "以后;之后;以内;之内;内;个;件;种;些;并;而;但;但是;可;要不要;支持;提供;政策;规定;规则;行;吗?"
        ";cannot;come;comes;came;method;methods;amount;kind;option;options;possibility;whatever;"
        "someone;somebody;anybody;anyone;people;person;arrange;buyer;customer;customers;顾客;客户;"
        "开;出;弄;搞;情况;方式;方法;一个;一次;怎么样才;才;等;想要;给我;帮;帮我;谁;付给;收到;收到货;"
        "收货;收;three;four;five;around;longer;short;show;shows;shown;place;placed;threw;throw;"
        "away;rather;prefer;small;big;bigger;large;larger;little;two;six;seven;ten;late;later;"
        "early;soon;stop;receive;received;run;mind;today;tomorrow;yesterday;tonight;now;new;old;"
        "first;last;keep;keeps;put;look;see;seen;think;believe;sure;maybe;perhaps;instead;own;same;"
        "such;both;few;lot;bit;quite;again;else;through;between;during;against;near;sorry;found;"
        "find;happened;explain;works;work;working;doing;having;becomes;become;start;begin;end;part;"
        "number;day's;means;mean;decide;decided;choose;chosen;wait;waiting;since;ago;half;whole;"
        "good;better;best;bad;nice;right;sort;type;case;reason;matter;interested;looking;planning;"
        "trying;try;hope;expect;expected;period;window;moment;noon;自己;现在;今天;明天;昨天;晚上;"
        "早上;刚;刚才;已经;刚刚;然后;这里;那里;大概;大约;一般;通常;多大;有没;有什么;时间;限制;帮忙;"
        "问;问一下;拿;拿到;能用;还能;收到后;钱;块;出现;贵多少;贵"}};

}  // namespace

std::span<const ServiceConcept> ServiceConcepts() { return kConcepts; }

}  // namespace medley::answers
